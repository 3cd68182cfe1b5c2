import { renderMail } from '../src/mails/render.ts'
import { samples, type Sample } from './samples.ts'

export type Theme = 'light' | 'dark'

export const locales = ['en', 'de', 'fr'] as const

const languages: Record<(typeof locales)[number], string> = { en: 'English', de: 'Deutsch', fr: 'Français' }

/** One mail in all languages: what stands in the list of a mail program, the mail as it is shown, and its text. */
export function galleryPage(sample: Sample, { publicUrl, theme }: { publicUrl: string; theme: Theme }): string {
  const other = theme === 'dark' ? 'light' : 'dark'
  return `<!doctype html>
<html lang="en" data-theme="${theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${sample.name} · Mails</title>
<style>${STYLE}</style></head>
<body>
<nav aria-label="Mails"><h1>Mails</h1><ul>${samples.map(({ name }) => linkTo(name, { current: sample.name, theme })).join('')}</ul></nav>
<main><header><h2>${sample.name}</h2><a href="/${sample.name}?theme=${other}">Show it ${other}</a></header>
${locales.map((locale) => letter(sample, { locale, publicUrl, theme })).join('')}
</main></body></html>`
}

function linkTo(name: string, { current, theme }: { current: string; theme: Theme }): string {
  return `<li><a href="/${name}?theme=${theme}"${name === current ? ' aria-current="page"' : ''}>${name}</a></li>`
}

function letter(
  sample: Sample,
  { locale, publicUrl, theme }: { locale: (typeof locales)[number]; publicUrl: string; theme: Theme },
): string {
  const mail = sample.write({ locale, publicUrl })
  const { subject, text } = renderMail(mail, publicUrl)
  // Without a sandbox's rights nothing in it runs and no link leads anywhere.
  return `<section lang="${locale}"><h3>${languages[locale]}</h3>
<p class="line"><strong>${escape(subject)}</strong> <span>${escape(mail.preview)}</span></p>
<iframe sandbox title="${escape(subject)}" src="/${sample.name}.${locale}.html?theme=${theme}"></iframe>
<details><summary>Text</summary><pre>${escape(text)}</pre></details></section>`
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`)
}

const STYLE = `
  :root { --ink: #16181d; --quiet: #545964; --line: #dfe2e8; --paper: #f9fafb; --card: #fff; color-scheme: light }
  [data-theme=dark] { --ink: #eceef2; --quiet: #a3a9b5; --line: #2b2f37; --paper: #0b0c0f; --card: #14161a; color-scheme: dark }
  * { box-sizing: border-box }
  body { margin: 0; display: grid; grid-template-columns: 240px 1fr; min-height: 100vh; background: var(--paper);
    color: var(--ink); font: 14px/20px system-ui, sans-serif }
  nav { padding: 24px 16px; border-right: 1px solid var(--line); position: sticky; top: 0; height: 100vh; overflow: auto }
  h1, h2, h3 { font-size: 16px; margin: 0 8px 12px }
  h2 { font-size: 20px; margin: 0 }
  h3 { color: var(--quiet); font-size: 12px; font-weight: 500; margin: 0 0 8px }
  ul { list-style: none; margin: 0; padding: 0 }
  a { color: inherit }
  nav a { display: block; padding: 4px 8px; border-radius: 6px; text-decoration: none; overflow-wrap: anywhere }
  nav a:hover, nav a[aria-current] { background: var(--card); box-shadow: 0 0 0 1px var(--line) }
  main { padding: 24px; min-width: 0; display: grid; gap: 24px; align-content: start;
    grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)) }
  header { grid-column: 1 / -1; display: flex; justify-content: space-between; align-items: baseline; gap: 16px }
  section { min-width: 0 }
  .line { margin: 0 0 12px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
  .line span, summary { color: var(--quiet) }
  iframe { width: 100%; height: 640px; border: 1px solid var(--line); border-radius: 10px; background: var(--card) }
  details { margin-top: 12px } summary { cursor: pointer }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 12px; border: 1px solid var(--line); border-radius: 10px }
  @media (max-width: 700px) { body { display: block } nav { position: static; height: auto; max-height: 30vh } main { grid-template-columns: 100% } }
`
