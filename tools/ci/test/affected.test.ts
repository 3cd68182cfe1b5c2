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
