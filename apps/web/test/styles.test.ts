import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const sheets = globSync('src/**/*.module.css', { cwd: root })

it.each(sheets)('%s has the classes that its components name, and no others', (sheet) => {
  const css = readFileSync(join(root, sheet), 'utf8')
  const defined = new Set([...css.matchAll(/\.([a-z]\w*)(?=[\s:,.[{>)+~])/gi)].map(([, name = '']) => name))
  const named = new Set(usersOf(sheet).flatMap(({ source, as }) => namesIn(source, as)))
  expect(
    [...named].filter((name) => !defined.has(name)),
    'named but not defined',
  ).toEqual([])
  expect(
    [...defined].filter((name) => !named.has(name)),
    'defined but not named',
  ).toEqual([])
})

/** A component may have two sheets, each by a name of its own. */
function usersOf(sheet: string): { source: string; as: string }[] {
  return globSync('**/*.tsx', { cwd: join(root, dirname(sheet)) })
    .map((file) => readFileSync(join(root, dirname(sheet), file), 'utf8'))
    .map((source) => ({ source, as: source.match(`import (\\w+) from '[^']*/${basename(sheet)}'`)?.[1] ?? '' }))
    .filter(({ as }) => as !== '')
}

/** `styles.card`, and `styles[variant]` by the values that its type lists. */
function namesIn(source: string, as: string): string[] {
  const direct = [...source.matchAll(new RegExp(`\\b${as}\\.(\\w+)`, 'g'))].map(([, name = '']) => name)
  const computed = [...source.matchAll(new RegExp(`\\b${as}\\[(\\w+)\\]`, 'g'))].flatMap(([, variable = '']) => {
    const union = source.match(new RegExp(`${variable}\\?: ((?:'\\w+'(?: \\| )?)+)`))?.[1] ?? ''
    const standard = source.match(new RegExp(`${variable} !== '(\\w+)' &&`))?.[1]
    return [...union.matchAll(/'(\w+)'/g)].map(([, name = '']) => name).filter((name) => name !== standard)
  })
  return [...direct, ...computed]
}
