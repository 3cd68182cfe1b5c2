import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nightly } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloneWorkspace, type Clone } from './copy.ts'

/** What a newcomer does, in a workspace like theirs: adds a module, looks whether all is well, and takes it out again. */
describe('a module that is added', { timeout: 240_000 }, () => {
  let clone: Clone
  beforeAll(() => {
    clone = cloneWorkspace()
  }, 240_000)
  afterAll(() => clone?.remove())

  const vitest = (...args: string[]) => clone.run('vitest', 'run', '--config', 'vitest.workspace.ts', ...args)
  const succeed = { ok: true } as const

  it('leaves everything as it was when its last step fails', () => {
    // A contract that broke somebody: the snapshots are not renewed while there is one.
    const snapshot = 'packages/billing/contract/snapshot.json'
    clone.must('sed', '-i', 's/"billing.same_plan"/"billing.forgotten_reason"/', snapshot)
    const before = clone.changes()
    expect(before).toHaveLength(1)
    const { ok, output } = clone.run('nx', 'g', '@lightpress/tools:module', 'invoices')
    expect(ok).toBe(false)
    expect(output).toContain('forgotten_reason')
    expect(clone.changes()).toEqual(before)
    expect(existsSync(join(clone.root, 'packages/invoices'))).toBe(false)
    clone.must('git', 'checkout', '--quiet', '--', snapshot)
  })

  it('is written with all that must know of it', () => {
    clone.must('nx', 'g', '@lightpress/tools:module', 'invoices')
    const changes = clone.changes()
    const changed = changes.filter((line) => line.startsWith(' M ')).map((line) => line.slice(3))
    expect(changed.sort()).toEqual([
      '.env.example',
      'apps/api/package.json',
      'apps/api/src/main.ts',
      'apps/auth-service/package.json',
      'apps/auth-service/src/main.ts',
      'docker-compose.dev.yml',
      'docker-compose.yml',
      'docs/events.md',
      'docs/security/holdings.md',
      'infra/package.json',
      'infra/src/catalogue.ts',
      'packages/notifications/module/package.json',
      'packages/notifications/module/src/context.ts',
      'packages/users/module/package.json',
      'packages/users/module/src/context.ts',
      'pnpm-lock.yaml',
      'tools/observability/prometheus/prometheus.yml',
    ])
    const made = changes.filter((line) => line.startsWith('?? ')).map((line) => line.slice(3))
    expect(changes).toHaveLength(changed.length + made.length)
    expect(made).toEqual(
      expect.arrayContaining([
        'apps/api/test/invoices.test.ts',
        'apps/invoices-service/Dockerfile',
        'packages/invoices/contract/snapshot.json',
        'packages/invoices/module/migrations/0000_init.sql',
      ]),
    )
    expect(clone.run('prettier', '--check', '--ignore-unknown', ...changed, ...made)).toMatchObject(succeed)
  })

  it('is refused a second time, and changes nothing', () => {
    const before = clone.changes()
    const { ok, output } = clone.run('nx', 'g', '@lightpress/tools:module', 'invoices')
    expect(ok).toBe(false)
    expect(output).toContain('packages/invoices is there already.')
    expect(clone.changes()).toEqual(before)
  })

  it('has types and follows the rules, as nx has them', () => {
    const projects = ['invoices', 'invoices-contract', 'invoices-service'].map((name) => `@lightpress/${name}`)
    expect(clone.run('nx', 'run-many', '-t', 'typecheck', 'lint', '-p', projects.join())).toMatchObject(succeed)
  })

  it('passes the tests that it came with, and those of what is deployed, watched, said, held and kept', () => {
    const checks = ['catalogue', 'compose', 'compatibility', 'events', 'holdings']
    const theirs = [
      ...checks.map((name) => `tools/ci/test/${name}.test.ts`),
      'tools/observability/test/prometheus.test.ts',
    ]
    const projects = ['invoices', 'ci', 'observability'].flatMap((name) => ['--project', `@lightpress/${name}`])
    expect(vitest(...projects, 'packages/invoices', ...theirs)).toMatchObject(succeed)
  })

  it('answers in one process and split', () => {
    expect(vitest('--project', '@lightpress/api', 'apps/api/test/invoices.test.ts')).toMatchObject(succeed)
  })

  if (nightly)
    it('passes every test, check and build there is', { timeout: 7_200_000 }, () => {
      expect(clone.run('nx', 'run-many', '-t', 'typecheck', 'lint', 'build')).toMatchObject(succeed)
      // All but this one, which would begin again there.
      expect(vitest('--project', '!@lightpress/tools')).toMatchObject(succeed)
    })

  it('cannot be removed while others use it', () => {
    const user = 'packages/billing/module/src/uses-it.ts'
    writeFileSync(join(clone.root, user), "export { Invoice } from '@lightpress/invoices-contract'\n")
    const before = clone.changes()
    const { ok, output } = clone.run('nx', 'g', '@lightpress/tools:remove', 'invoices')
    expect(ok).toBe(false)
    expect(output).toContain(user)
    expect(clone.changes()).toEqual(before)
    rmSync(join(clone.root, user))
  })

  it('is removed without a trace', () => {
    clone.must('nx', 'g', '@lightpress/tools:remove', 'invoices')
    expect(clone.changes()).toEqual([])
    for (const folder of ['packages/invoices', 'apps/invoices-service', 'apps/api/node_modules/@lightpress/invoices'])
      expect(existsSync(join(clone.root, folder)), folder).toBe(false)
  })
})
