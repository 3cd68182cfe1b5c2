import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { workspace } from '../src/discover.ts'

// Each asks Nx, which reads the whole workspace.
describe('a change', { timeout: 120_000 }, () => {
  it("inside a module reaches the module and the apps that run it, and nobody else's app", () => {
    const affected = affectedBy('packages/billing/module/src/index.ts')
    expect(affected).toEqual(
      expect.arrayContaining(['@lightpress/billing', '@lightpress/billing-service', '@lightpress/api']),
    )
    for (const other of ['auth', 'users', 'notifications', 'billing-contract', 'kernel', 'web']) {
      expect(affected).not.toContain(`@lightpress/${other}`)
    }
    for (const other of ['auth', 'users', 'notifications'])
      expect(affected).not.toContain(`@lightpress/${other}-service`)
  })

  it('of a contract reaches the module behind it and those that call it', () => {
    const affected = affectedBy('packages/users/contract/src/index.ts')
    expect(affected).toEqual(
      expect.arrayContaining(['@lightpress/users', '@lightpress/auth', '@lightpress/notifications', '@lightpress/web']),
    )
  })

  it('of a contract does not reach those that do not use it, nor by way of the tools that all test with', () => {
    const affected = affectedBy('packages/billing/contract/src/index.ts')
    // Users asks every module about the people that it holds.
    for (const user of [
      'billing',
      'billing-service',
      'notifications',
      'notifications-service',
      'users',
      'users-service',
      'api',
      'web',
      'dev',
    ]) {
      expect(affected).toContain(`@lightpress/${user}`)
    }
    // It imports nothing of billing but the contract: it serves the reference of all of them.
    expect(affected).toContain('@lightpress/auth-service')
    for (const other of ['auth', 'kernel', 'testing', 'local', 'mailbox', 'stripe-emulator']) {
      expect(affected).not.toContain(`@lightpress/${other}`)
    }
  })

  it.each(['packages/billing/contract/src/index.ts', 'packages/billing/module/src/index.ts', 'apps/api/src/main.ts'])(
    'of %s reaches these checks, which read it without importing it',
    (file) => {
      expect(affectedBy(file)).toContain('@lightpress/ci')
    },
  )

  it('of the certificates that databases are known by reaches every service, whose bundles hold them', () => {
    const affected = affectedBy('infra/certificates/rds.pem')
    for (const service of ['auth-service', 'billing-service', 'notifications-service', 'users-service'])
      expect(affected).toContain(`@lightpress/${service}`)
    expect(affected).not.toContain('@lightpress/kernel')
  })

  it('of the kernel reaches every service and not the browser', () => {
    const affected = affectedBy('packages/kernel/src/index.ts')
    for (const service of ['api', 'auth-service', 'billing-service', 'notifications-service', 'users-service']) {
      expect(affected).toContain(`@lightpress/${service}`)
    }
    expect(affected).not.toContain('@lightpress/web')
  })
})

function affectedBy(file: string): string[] {
  const shown = execFileSync('nx', ['show', 'projects', '--affected', `--files=${file}`, '--json'], {
    cwd: workspace,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(shown) as string[]
}
