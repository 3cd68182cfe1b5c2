import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModules, workspace } from '../src/discover.ts'
import { findDrizzleProblems } from '../src/migration/drizzle.ts'
import { copyWorkspace } from './copy-workspace.ts'

it('finds that the migrations of every module make its schema', async () => {
  const modules = [...(await readModules()).values()].map(({ name }) => name)
  expect(modules.length).toBeGreaterThan(0)
  for (const module of modules) expect(await findDrizzleProblems(workspace, module), module).toEqual([])
}, 300_000)

describe('in a copy', () => {
  let copy: ReturnType<typeof copyWorkspace>
  beforeAll(() => {
    copy = copyWorkspace()
  })
  afterAll(() => copy?.remove())

  it('tells of a column that nobody generated a migration for', async () => {
    const file = join(copy.root, 'packages/users/module/src/schema.ts')
    const source = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      source.replace(/(export const person = \w+\.table\(\s*'person',\s*\{)/, "$1 planted: text('planted'),"),
    )
    expect(readFileSync(file, 'utf8')).not.toBe(source)
    expect(await findDrizzleProblems(copy.root, 'users')).toEqual([
      'users: schema.ts is not what its migrations make: run drizzle-kit generate in packages/users/module.',
    ])
    writeFileSync(file, source)
  })

  it('tells of two migrations that follow the same one', async () => {
    const meta = join(copy.root, 'packages/users/module/migrations/meta')
    const snapshot = (name: string) => JSON.parse(readFileSync(join(meta, name), 'utf8')) as Record<string, unknown>
    const planted = { ...snapshot('0003_snapshot.json'), prevId: snapshot('0002_snapshot.json').prevId }
    writeFileSync(join(meta, '0003_snapshot.json'), JSON.stringify(planted))
    const problems = await findDrizzleProblems(copy.root, 'users')
    expect(problems.join('\n')).toContain('users: drizzle-kit check says:')
    expect(problems.join('\n')).toContain('collision')
  })
})
