import { readFile, writeFile } from 'node:fs/promises'
import mjml2html from 'mjml'

// MJML is a compiler, so it runs when the layout changes, not when a mail is sent: the product carries the HTML
// that it made and none of its packages. `pnpm mails` writes src/mails/layout.ts; a test holds the two together.

const source = new URL('layout.mjml', import.meta.url)
export const target = new URL('../src/mails/layout.ts', import.meta.url)

/** The layout as a TypeScript file: what stands around the blocks, each block by itself, and a link at the foot. */
export async function compileLayout(): Promise<string> {
  const { html, errors } = await mjml2html(await readFile(source, 'utf8'), {
    validationLevel: 'strict',
    keepComments: false,
  })
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  const tidy = html
    .replace(/^\s*\n/gm, '')
    .replace(/[ \t]+$/gm, '')
    // Prettier sets spaces inside the braces; names are without.
    .replace(/\{\{\s*(\w+)\s*\}\}/g, '{{$1}}')

  const [head = '', ...parts] = tidy.split(/^\s*<!-- block /m)
  const [last = '', foot] = (parts.at(-1) ?? '').split(/^\s*<!-- end of blocks -->\n/m)
  if (foot === undefined) throw new Error('layout.mjml does not mark the end of its blocks')
  const blocks = [...parts.slice(0, -1), last].map((part) => part.split(/ -->\n/, 2) as [string, string])

  const [start = '', link = '', end] = foot.split(/\s*<!-- (?:foot link|end of foot links) -->/)
  if (end === undefined) throw new Error('layout.mjml does not mark the link at its foot')

  const entries = blocks.map(([name, markup]) => `  ${name}: ${quote(markup)},`)
  return [
    '// Made from mails/layout.mjml by `pnpm mails`. Do not edit.\n',
    `export const head = ${quote(head)}\n`,
    `export const blocks = {\n${entries.join('\n')}\n} as const\n`,
    `export const foot = {\n  start: ${quote(start)},\n  link: ${quote(link)},\n  end: ${quote(end)},\n} as const\n`,
  ].join('\n')
}

function quote(markup: string): string {
  return `\`${markup.replace(/[`\\]|\$\{/g, '\\$&')}\``
}

if (import.meta.main) await writeFile(target, await compileLayout())
