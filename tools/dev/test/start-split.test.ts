import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, requires } from '@lightpress/local'
import { runProgram } from './support/run-program.ts'
import { PATIENCE, type RunningProduct, startProduct } from './support/start-product.ts'

let folder: string
let env: { LIGHTPRESS_DATA: string; PORT: string; NODE_ENV: string }
let product: RunningProduct

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-start-split-'))
  // As in the shell profile of somebody who deploys: it is development all the same.
  env = { LIGHTPRESS_DATA: join(folder, 'data'), PORT: String(await freePort()), NODE_ENV: 'production' }
  product = await startProduct(env, ['--split'])
}, PATIENCE)

afterAll(async () => {
  await product.stop()
  await runProgram('reset.ts', env).ended
  rmSync(folder, { recursive: true, force: true })
}, PATIENCE)

describe('npm run start:split', () => {
  it('runs a process for each module, and each answers through the one gateway', async () => {
    for (const module of ['auth', 'users', 'billing', 'notifications'])
      expect(product.processOf(`apps/${module}-service/src/main.ts`), module).toBeGreaterThan(0)
    expect(await signIn()).toBe(200)
    expect(await status('/v1/users/me')).toBe(401)
    expect(await status('/v1/billing/plans')).toBe(200)
    expect(await status('/v1/notifications')).toBe(401)
  })

  it('lets a program on this machine be a seeded person, in every process, by saying so', async () => {
    const paths = ['/v1/users/me', '/v1/auth/session', '/v1/billing/subscription', '/v1/notifications']
    for (const path of paths) {
      expect(await status(path, { headers: { 'x-dev-user-id': 'owner@localhost' } }), path).toBe(200)
      expect(await status(path), path).toBe(401)
    }
    const audit = (headers: Record<string, string>) => status('/v1/auth/audit', { headers })
    expect(await audit({ 'x-dev-user-id': 'admin@localhost' })).toBe(200)
    expect(await audit({ 'x-dev-user-id': 'owner@localhost' })).toBe(403)
    expect(await audit({ 'x-dev-user-id': 'owner@localhost', 'x-dev-role': 'operator' })).toBe(200)
    expect(product.output()).toContain("curl -H 'X-Dev-User-Id: admin@localhost'")
    const { people } = (await (
      await fetch(new URL('/.lightpress/development.json', product.addresses.web))
    ).json()) as Pick<typeof product.addresses, 'people'>
    expect(people).toMatchObject(product.addresses.people)
  })

  it.each<[string, string, string]>([
    ['the mailbox', 'tools/mailbox/src/main.ts', 'mailbox ended (SIGKILL)'],
    ['the Stripe stand-in', 'tools/stripe-emulator/src/main.ts', 'stripe ended (SIGKILL)'],
    ['PostgreSQL', 'bin/postgres -D', 'PostgreSQL ended unexpectedly'],
    ...(requires('redis-server')
      ? [['Redis', 'redis-server', 'Redis ended unexpectedly'] satisfies [string, string, string]]
      : []),
  ])(
    'shows that %s crashed, starts it again, and goes on',
    async (_, command, message) => {
      const pid = product.processOf(command) ?? 0
      expect(pid).toBeGreaterThan(0)
      process.kill(pid, 'SIGKILL')
      await expect.poll(product.output, { timeout: PATIENCE }).toContain(message)
      await expect.poll(() => product.processOf(command) ?? pid, { timeout: PATIENCE }).not.toBe(pid)
      const { mailbox, stripe } = product.addresses
      await expect.poll(() => status(mailbox ?? ''), { timeout: PATIENCE }).toBe(200)
      await expect.poll(() => status(stripe ?? ''), { timeout: PATIENCE }).toBe(200)
      await expect.poll(signIn, { timeout: PATIENCE }).toBe(200)
    },
    2 * PATIENCE,
  )
})

/** Asks for what is in the database. */
async function signIn(): Promise<number | undefined> {
  const [{ email, password } = {}] = product.addresses.people
  return status('/v1/auth/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
}

/** An address, or a path of the product; nothing while nobody answers there. */
async function status(url: string, request: RequestInit = {}): Promise<number | undefined> {
  return fetch(new URL(url, product.addresses.web), request).then(
    (response) => response.status,
    () => undefined,
  )
}
