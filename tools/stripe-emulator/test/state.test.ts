import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { copyFile, mkdir, readFile, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createControl, createStripeEmulator } from '../src/index.ts'
import { piecesOf, readState } from '../src/state/file.ts'
import { lock } from '../src/state/lock.ts'
import { emptyState } from '../src/state/state.ts'
import { writeWhole } from '../src/state/whole-file.ts'
import {
  createCheckout,
  pay,
  sdk,
  secret,
  startEmulator,
  startReceiver,
  subscribe,
  temporaryFolder,
  until,
} from './harness.ts'

test('a restart keeps everything, and its links point to the new address', async () => {
  const dataFile = `${await temporaryFolder()}/deep/state.json`
  const before = await startEmulator({ dataFile })
  const { subscription, customer } = await subscribe(before.stripe)
  const { session } = await createCheckout(before.stripe)
  const kept = await before.stripe.customers.create({ name: 'Kept' }, { idempotencyKey: 'k1' })
  await before.close()

  const after = await startEmulator({ dataFile })
  expect(after.url).not.toBe(before.url)
  expect(await after.stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'active', customer })
  expect((await after.stripe.customers.create({ name: 'Kept' }, { idempotencyKey: 'k1' })).id).toBe(kept.id)
  const { url } = await after.stripe.checkout.sessions.retrieve(session.id)
  expect(url).toBe(`${after.url}/c/pay/${session.id}`)
  expect((await pay(url ?? '')).status).toBe(303)
  const [invoice] = (await after.stripe.invoices.list({ customer })).data
  expect(invoice?.hosted_invoice_url).toBe(`${after.url}/i/${invoice?.id ?? ''}`)
})

test('changes are written soon, without a close', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const { stripe } = await startEmulator({ dataFile })
  const { id } = await stripe.customers.create({})
  await until(async () => (await readFile(dataFile, 'utf8').catch(() => '')).includes(id))
})

test.each([
  '',
  '{',
  '{"version":2,"customers":[["cus_1",{"id"',
  '{"version":99}',
  '[]',
  'null',
  '{"version":2,"customers":5}',
  '{"version":2,"customers":[["cus_1"]]}',
  '{"version":1,"customers":[["cus_1",null]]}',
  '{"version":3,"entries":2}\n["customers","cus_1",{}]\n',
  '{"version":3,"entries":1}\n["customers","cus_1"]\n',
  '{"version":3,"entries":1}\n["customers","cus_1",{"id"',
])('a file that is no state of ours, or torn (%j), is refused, not overwritten', async (content) => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await writeFile(dataFile, content)
  await expect(createStripeEmulator({ dataFile })).rejects.toThrow('remove it to start afresh')
  await expect(createStripeEmulator({ dataFile })).rejects.toThrow(dataFile)
  expect(await readFile(dataFile, 'utf8')).toBe(content)
})

test('a file in which something else stands than ids and objects is refused by what it is', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await writeFile(dataFile, '{"version":2,"products":[],"customers":{"cus_1":{}}}')
  await expect(createStripeEmulator({ dataFile })).rejects.toThrow('its customers')
})

test('a state that cannot be written is reported once, and written as soon as it can be', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const { stripe, logged } = await startEmulator({ dataFile })
  await breakDisk(dataFile)
  const { id } = await stripe.customers.create({})
  await until(() => logged.some((line) => line.includes(`could not be written to ${dataFile}`)))
  await rmdir(`${dataFile}.tmp`)
  await until(async () => (await readFile(dataFile, 'utf8')).includes(id))
  await until(() => logged.length > 1)
  expect(logged.slice(1)).toEqual([`the state is written to ${dataFile} again`])
})

test('whoever stops it learns that the state could not be written, and the file is free', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const emulator = await startEmulator({ dataFile })
  await breakDisk(dataFile)
  const { id } = await emulator.stripe.customers.create({})
  await expect(emulator.close()).rejects.toThrow(`could not be written to ${dataFile}`)
  await rmdir(`${dataFile}.tmp`)
  const next = await startEmulator({ dataFile })
  await expect(next.stripe.customers.retrieve(id)).rejects.toThrow('No such customer')
})

test('a file is for one stand-in alone, until that one is closed', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const first = await startEmulator({ dataFile })
  await expect(createStripeEmulator({ dataFile })).rejects.toThrow(`in use by process ${process.pid}`)
  const { id } = await first.stripe.customers.create({})
  const { code, errors } = await runUntilExit({ PORT: '0', DATA_FILE: dataFile })
  expect(code).toBe(1)
  expect(errors).toContain(`${dataFile} is in use by process ${process.pid}`)
  await first.close()
  const second = await startEmulator({ dataFile })
  expect(await second.stripe.customers.retrieve(id)).toMatchObject({ id })
})

test('what was killed leaves a file that the next one takes', async () => {
  const DATA_FILE = `${await temporaryFolder()}/state.json`
  const first = await runMain({ PORT: '0', DATA_FILE })
  const { id } = await sdk(first.url).customers.create({})
  await until(async () => (await readFile(DATA_FILE, 'utf8').catch(() => '')).includes(id))
  first.process.kill('SIGKILL')
  await once(first.process, 'exit')
  const second = await startEmulator({ dataFile: DATA_FILE })
  expect(await second.stripe.customers.retrieve(id)).toMatchObject({ id })
})

test('no text holds a whole state, of which V8 has none of 512 MB, and it is read as it was, whatever ends a line elsewhere', async () => {
  const file = `${await temporaryFolder()}/state.json`
  const state = emptyState()
  const name = 'Zoë\u2028\r\n€'.repeat(100_000)
  for (let count = 0; count < 5; count += 1) state.products.set(`prod_${count}`, { name } as never)
  const pieces = [...piecesOf(state)]
  const longest = Math.max(...pieces.map(({ byteLength }) => byteLength))
  expect(longest).toBeLessThan(Buffer.concat(pieces).byteLength / 2)
  await writeWhole(file, pieces)
  expect((await readState(file)).products).toEqual(state.products)
})

/** What a stand-in of another container wrote into its lock, which also is process 1, or as here this one. */
const elsewhere = JSON.stringify({ pid: process.pid, host: 'another', pids: 'pid:[1]', id: 'a' })

test.each([
  ['that names this process, as after its restart', holder(), new Date()],
  ['of a process of this machine that is gone', holder(2 ** 22 + 1), new Date()],
  ['that nobody has touched for long, whoever has its number by now', holder(process.ppid), new Date(0)],
  ['that nobody has touched for long in another container', elsewhere, new Date(0)],
  ['that is empty, as after a full disk', '', new Date(0)],
])('a lock %s is left over', async (_case, content, touched) => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await writeFile(`${dataFile}.lock`, content)
  await utimes(`${dataFile}.lock`, touched, touched)
  await startEmulator({ dataFile })
})

test.each([
  ['another container', elsewhere],
  ['a process of this machine', holder(process.ppid)],
])('a lock that %s touches again and again is not', async (_case, content) => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await writeFile(`${dataFile}.lock`, content)
  const touching = setInterval(() => void utimes(`${dataFile}.lock`, new Date(), new Date()), 50)
  onTestFinished(() => clearInterval(touching))
  const log: string[] = []
  await expect(lock(dataFile, (line) => log.push(line))).rejects.toThrow(`${dataFile} is in use by process`)
  expect(log).toEqual([expect.stringContaining('waiting to see')])
  expect(await readFile(`${dataFile}.lock`, 'utf8')).toBe(content)
})

test('a lock is touched as long as it is held, so that others see that', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await startEmulator({ dataFile })
  await utimes(`${dataFile}.lock`, new Date(0), new Date(0))
  await until(async () => (await stat(`${dataFile}.lock`)).mtimeMs > 0)
})

test('whoever stood still until another took the file over writes nothing into it, and leaves them their lock', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const { stripe, close } = await startEmulator({ dataFile })
  await until(async () => (await readFile(dataFile, 'utf8').catch(() => '')) !== '')
  await writeFile(`${dataFile}.lock`, elsewhere)
  await writeFile(dataFile, 'theirs')
  await stripe.customers.create({})
  await expect(close()).rejects.toThrow('in use by process')
  expect(await readFile(dataFile, 'utf8')).toBe('theirs')
  expect(await readFile(`${dataFile}.lock`, 'utf8')).toBe(elsewhere)
})

test('a start that fails leaves the file as it was', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const before = await startEmulator({ dataFile })
  await before.stripe.customers.create({})
  await before.close()
  const written = await readFile(dataFile, 'utf8')
  const { url } = await startEmulator()
  const failing = await createStripeEmulator({ dataFile, webhooks: [{ url: 'http://127.0.0.1:1/', secret }] })
  await expect(failing.listen({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE')
  expect(await readFile(dataFile, 'utf8')).toBe(written)
  expect((await (await startEmulator({ dataFile })).stripe.customers.list()).data).toHaveLength(1)
})

test('a reset forgets all but the endpoints given at start', async () => {
  const { stripe, reset } = await startEmulator({ webhooks: [{ url: 'http://127.0.0.1:1/', secret: 'whsec_x' }] })
  const { customer } = await subscribe(stripe)
  await reset()
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
  await expect(stripe.customers.retrieve(customer)).rejects.toThrow('No such customer')
})

test('it runs alone, keeps its state on SIGTERM, and says which address it has', async () => {
  const DATA_FILE = `${await temporaryFolder()}/state.json`
  const first = await runMain({ PORT: '0', DATA_FILE })
  const { id } = await sdk(first.url).customers.create({})
  first.process.kill('SIGTERM')
  expect(await once(first.process, 'exit')).toEqual([0, null])
  const second = await runMain({ PORT: '0', DATA_FILE })
  expect(await sdk(second.url).customers.retrieve(id)).toMatchObject({ id })
})

test.each([
  [{ PORT: 'eighty' }, 'PORT'],
  [{ WEBHOOK_URL: 'http://127.0.0.1/' }, 'WEBHOOK_SECRET'],
  [{ WEBHOOK_URL: 'localhost', WEBHOOK_SECRET: 'abc', PUBLIC_URL: 'x' }, 'PUBLIC_URL'],
])('with a bad environment (%j) it says what is wrong and how it looks right', async (env, named) => {
  const { code, errors } = await runUntilExit(env)
  expect(code).toBe(1)
  expect(errors).toContain(named)
  expect(errors).toContain('For example')
})

test('all that is wrong with the environment is said at once', async () => {
  const { errors } = await runUntilExit({
    PORT: '',
    ALLOWED_HOSTS: 'stripe,desk:80',
    WEBHOOK_URL: 'http://127.0.0.1/',
    WEBHOOK_PACE: 'fast',
    RATE_LIMIT: '0',
    PUBLIC_URL: 'localhost',
  })
  const named = errors.split('For example')[0] ?? ''
  for (const name of ['PORT', 'ALLOWED_HOSTS', 'WEBHOOK_SECRET', 'WEBHOOK_PACE', 'RATE_LIMIT', 'PUBLIC_URL']) {
    expect(named).toContain(name)
  }
})

test('a state that is lost at the end is said, and shows in how the process ends', async () => {
  const DATA_FILE = `${await temporaryFolder()}/state.json`
  const running = await runMain({ PORT: '0', DATA_FILE })
  let errors = ''
  running.process.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  await breakDisk(DATA_FILE)
  await sdk(running.url).customers.create({})
  running.process.kill('SIGTERM')
  expect(await once(running.process, 'close')).toEqual([1, null])
  expect(errors).toContain(`did not stop well:\n  the state could not be written to ${DATA_FILE}`)
})

test('a port that is taken is a clear error', async () => {
  const { url } = await startEmulator()
  const { code, errors } = await runUntilExit({ PORT: new URL(url).port })
  expect(code).toBe(1)
  expect(errors).toContain('EADDRINUSE')
})

/** From now on, once it has written what it had to at its start. */
async function breakDisk(dataFile: string): Promise<void> {
  await until(async () => (await readFile(dataFile, 'utf8').catch(() => '')) !== '')
  await mkdir(`${dataFile}.tmp`)
}

/** What a stand-in of this machine writes into its lock. */
function holder(pid = process.pid): string {
  const pids = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : ''
  return JSON.stringify({ pid, host: hostname(), pids, id: 'a' })
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH ?? '', ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function runMain(env: Record<string, string>) {
  const child = start(env)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, url: /http:\S+/.exec(line.toString())?.[0] ?? '' }
}

async function runUntilExit(env: Record<string, string>) {
  const child = start(env)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, errors }
}

test('a file of the first version is read: its cards pay, and its webhooks and subscriptions live on', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  await copyFile(new URL('fixtures/state-version-1.json', import.meta.url), dataFile)
  const receiver = await startReceiver()
  const { url, stripe } = await startEmulator({
    dataFile,
    webhooks: [{ url: receiver.url, secret }],
    now: () => Date.UTC(2026, 10, 2),
  })
  const [subscription] = (await stripe.subscriptions.list({ status: 'active' })).data
  const [item] = subscription?.items.data ?? []
  // What was not delivered when the first version stopped.
  await until(() => receiver.types().includes('invoice.paid'))
  await stripe.subscriptions.update(subscription?.id ?? '', { items: [{ id: item?.id ?? '', quantity: 1 }] })
  const { data: pending } = await stripe.invoiceItems.list({ customer: String(subscription?.customer), pending: true })
  // 3 × 12.00 were paid for 30 days, of which 29 are left.
  expect(pending.map(({ amount }) => amount)).toContain(-3480)
  await createControl(url).clock.moveTo((item?.current_period_end ?? 0) + 7200)
  const [renewal] = (await stripe.invoices.list({ subscription: subscription?.id ?? '' })).data
  expect(renewal).toMatchObject({ billing_reason: 'subscription_cycle', status: 'paid' })
})

test('events are kept by number, whatever time they tell of', async () => {
  const { url, stripe } = await startEmulator()
  await stripe.customers.create({})
  await createControl(url).clock.moveBy(5 * 366 * 86_400)
  await stripe.products.create({ name: 'years later' })
  expect((await stripe.events.list({ type: 'customer.created' })).data).toHaveLength(1)
})
