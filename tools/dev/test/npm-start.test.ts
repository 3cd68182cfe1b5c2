import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '@lightpress/local'
import { readMails } from '@lightpress/mailbox'
import type { Addresses } from '../src/start/addresses.ts'
import { runProgram } from './support/run-program.ts'
import { PATIENCE, type RunningProduct, startProduct } from './support/start-product.ts'

let folder: string
let env: { LIGHTPRESS_DATA: string; PORT: string }
let running: RunningProduct | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-npm-start-'))
  env = { LIGHTPRESS_DATA: join(folder, 'data'), PORT: String(await freePort()) }
})

afterAll(async () => {
  await running?.stop()
  await runProgram('reset.ts', env).ended
  rmSync(folder, { recursive: true, force: true })
})

it(
  'gives a working product, keeps its data over a stop and leaves no process behind',
  { timeout: 3 * PATIENCE },
  async () => {
    const first = await start()
    expect(first.web).toBe(`http://localhost:${env.PORT}`)
    expect(await (await fetch(first.web, { headers: { accept: 'text/html' } })).text()).toContain('<div id="root">')
    for (const url of [first.docs, first.mailbox, first.stripe])
      expect((await fetch(url ?? '')).status, url ?? '').toBe(200)
    for (const { email, password } of first.people)
      expect(await post(first, '/v1/auth/sign-in', { email, password }), email).toBe(200)
    expect(first.people[0]?.email).toBe('admin@localhost')

    const person = { email: 'grace@example.com', password: 'a long enough password', name: 'Grace' }
    expect(await post(first, '/v1/auth/sign-up', person)).toBe(201)
    await expect.poll(() => subjects(first, person.email), { timeout: 20_000 }).toEqual(['Confirm your e-mail address'])

    const secondStart = runProgram('main.ts', env)
    expect(await secondStart.ended).toBe(1)
    expect(secondStart.output()).toContain('already runs from this folder')
    const reset = runProgram('reset.ts', env)
    expect(await reset.ended).toBe(1)
    expect(reset.output()).toContain('Stop it with Ctrl-C, then reset')

    const rotate = runProgram('command.ts', env, ['keys', 'rotate'])
    expect(await rotate.ended, rotate.output()).toBe(0)
    expect(rotate.output()).toMatch(/There is a new signing key, \S+\. It signs from \S+\./)
    const list = runProgram('command.ts', env)
    expect(await list.ended).toBe(0)
    expect(list.output()).toMatch(/keys rotate +\S/)

    await stop()
    const late = runProgram('command.ts', env, ['keys', 'rotate'])
    expect(await late.ended).toBe(1)
    expect(late.output()).toContain('Start the product with `npm start`')
    const second = await start()
    expect(second).toEqual(first)
    expect(await subjects(second, person.email)).toEqual(['Confirm your e-mail address'])
    const [admin] = second.people
    expect(await post(second, '/v1/auth/sign-in', { email: admin?.email, password: admin?.password })).toBe(200)
    await stop()

    const removed = runProgram('reset.ts', env)
    expect(await removed.ended).toBe(0)
    expect(removed.output()).toContain(`Removed ${env.LIGHTPRESS_DATA}`)
    expect(existsSync(join(folder, 'data'))).toBe(false)
  },
)

async function start(): Promise<Addresses> {
  running = await startProduct(env)
  return running.addresses
}

async function stop(): Promise<void> {
  const stopping = running
  running = undefined
  await stopping?.stop()
}

async function post({ web }: Addresses, path: string, body: unknown): Promise<number> {
  const response = await fetch(new URL(path, web), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.status
}

async function subjects({ mailbox }: Addresses, to: string): Promise<string[]> {
  return (await readMails(mailbox ?? '')).filter((mail) => mail.to.includes(to)).map(({ subject }) => subject)
}
