import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const settings = readFileSync(new URL('../src/settings.ts', import.meta.url), 'utf8')

/** How many requirements of each kind the specification has. */
const requirements = {
  ENV: 11,
  NET: 15,
  ECS: 12,
  AS: 8,
  DB: 10,
  MIG: 8,
  CDN: 8,
  SEC: 7,
  ECR: 7,
  CI: 20,
  OBS: 8,
  OPS: 4,
  LOC: 10,
  C: 20,
}

describe('the README', () => {
  it('says of every requirement where it is, or why it is not', () => {
    const wanted = Object.entries(requirements).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, index) => `${kind}-${String(index + 1).padStart(2, '0')}`),
    )
    const told = [...readme.matchAll(/^\| ([A-Z]+-\d\d) +\| (.+) \|$/gm)]
    expect(told.map(([, id]) => id).sort()).toEqual(wanted.sort())
    expect(told.filter(([, , where]) => where!.trim().length < 6)).toEqual([])
  })

  it('names files that are there', () => {
    const table = readme.slice(readme.indexOf('## Every requirement'))
    const paths = [...table.matchAll(/`((?:apps|packages|infra|tools|docs|\.github|\.ci)[\w./-]*)`/g)].map(
      ([, path]) => path!,
    )
    expect(paths.length).toBeGreaterThan(100)
    expect(paths.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([])
  })

  it('names commands of this package that are there', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...readme.matchAll(/pnpm@[\d.]+ --filter infra (?:run )?(\w+)/g)].map(([, script]) => script!)
    expect(named).toEqual(['preview', 'up'])
    expect(Object.keys(scripts)).toEqual(named)
    // `pnpm up` is pnpm's own command and would update our dependencies.
    expect(readme).not.toMatch(/--filter infra up/)
  })

  it('explains every setting', () => {
    const names = [...settings.matchAll(/^ {2}(\w+): (?:z$|z\.|AccountId)/gm)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(12)
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
  })
})
