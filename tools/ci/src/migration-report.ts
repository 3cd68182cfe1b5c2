import { parseArgs } from 'node:util'
import { command } from './deploy/failure.ts'
import { lintMigrations, type Linted } from './migration-lint.ts'
import type { Migration } from './migration/files.ts'

/** What a reviewer of a change sees beneath it: the new SQL, what the lint has against it, and what was allowed and why. */
export function renderMigrations({ fresh, findings, waived, problems, squawk }: Linted): string {
  if (fresh.length === 0 && problems.length === 0) return '## Migrations\n\nThis change brings no migration.\n'
  const wrong = findings.length + problems.length
  return [
    '## Migrations',
    wrong === 0
      ? `${fresh.length} new, and nothing against ${fresh.length === 1 ? 'it' : 'them'}: they only add, and keep nobody waiting (${squawk} and our own rules).`
      : `${fresh.length} new, **${wrong} problem${wrong === 1 ? '' : 's'}** (${squawk} and our own rules).`,
    ...problems.map((problem) => `- ${inline(problem)}`),
    ...fresh.map((migration) => renderOne(migration, { findings, waived })),
    '',
  ].join('\n\n')
}

function renderOne({ path, sql }: Migration, { findings, waived }: Pick<Linted, 'findings' | 'waived'>): string {
  const here = (one: { path: string }) => one.path === path
  const rows = [
    ...findings.filter(here).map(({ line, rule, message }) => `| ${line} | \`${rule}\` | ${cell(message)} |`),
    ...waived.filter(here).map(({ line, rule, reason }) => `| ${line} | \`${rule}\` | allowed: ${cell(reason)} |`),
  ]
  return [
    `### \`${path}\``,
    ...(rows.length > 0 ? [['| Line | Rule | |', '| --- | --- | --- |', ...rows].join('\n')] : []),
    fenced(sql.trimEnd()),
  ].join('\n\n')
}

/** A fence longer than any in the text, so that nothing in a file ends it. */
function fenced(sql: string): string {
  const longest = Math.max(2, ...(sql.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sql\n${sql}\n${fence}`
}

function cell(text: string): string {
  return inline(text).replaceAll('|', '\\|')
}

function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;')
}

if (import.meta.main)
  await command(async () => {
    const { values } = parseArgs({ options: { base: { type: 'string' } } })
    process.stdout.write(renderMigrations(await lintMigrations({ base: values.base })))
  })
