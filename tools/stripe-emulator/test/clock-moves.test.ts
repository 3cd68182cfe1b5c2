import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createAccountClock, type AccountClock, type AccountClockOptions } from '../src/clocks/account-clock.ts'
import { createContext } from '../src/context.ts'
import { createControl } from '../src/index.ts'
import { readState } from '../src/state/file.ts'
import type { State } from '../src/state/state.ts'
import { day, newYear, on, payer } from './clock-harness.ts'
import { createCheckout, createPlan, secret, startEmulator, startReceiver, temporaryFolder, until } from './harness.ts'

test('a move lists all that is due in one second, however often it gives way to requests', async () => {
  const { state } = await accountWith({ subscriptions: 20 })
  const clock = clockOver(state, { slice: 0 })
  let arrived = false
  const move = clock.moveTo(on(2, 1), { settle: false }).finally(() => (arrived = true))
  let requests = 0
  for (; !arrived; requests += 1) {
    clock.catchUp()
    await setImmediate()
  }
  const renewals = [...state.subscriptions.keys()].map((id) => `Renewal of ${id}`)
  expect(doneIn(await move, 'Renewal')).toEqual(renewals)
  expect(requests).toBeGreaterThan(renewals.length)
  expect(doneIn(await clock.moveTo(on(2, 1) + 1, { settle: false }), 'Renewal')).toEqual([])
})

test('a move does what its webhooks make due at the moment to which it goes', async () => {
  const { state, session } = await accountWith({ subscriptions: 1 })
  session.expires_at = on(3, 1)
  const clock = clockOver(state, {
    async settled() {
      if (clock.now() === on(2, 1)) session.expires_at = on(2, 1)
    },
  })
  expect(doneIn(await clock.moveTo(on(2, 1), { settle: true }), session.id)).toHaveLength(1)
})

test('a move that a reset broke off leaves the next one alone', async () => {
  const { state } = await accountWith({ subscriptions: 1 })
  const letGo: (() => void)[] = []
  const clock = clockOver(state, { settled: () => new Promise((resolve) => letGo.push(resolve)) })
  const broken = clock.moveTo(newYear + 2 * day, { settle: true })
  for (const map of Object.values(state) as Map<string, unknown>[]) map.clear()
  clock.begin()
  const next = clock.moveTo(newYear + day, { settle: true })
  letGo.shift()?.()
  await broken
  expect(() => void clock.moveTo(newYear + 3 * day, { settle: true })).toThrow('on its way already')
  await finish(next, letGo)
  expect(clock.now()).toBe(newYear + day)
})

test('a stand-in that is closed during a settling move does not wait for its webhooks, and keeps the state', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const { clock, move, close } = await moveUnderWay(dataFile)
  const { now } = await clock.read()
  await close()
  expect((await move).status).toBe('rejected')
  const { url } = await startEmulator({ dataFile, now: () => newYear * 1000 })
  expect((await createControl(url).clock.read()).now).toBe(now)
})

test('a clock on its way is neither stopped nor set running', async () => {
  const { clock } = await moveUnderWay()
  await expect(clock.freeze()).rejects.toThrow('on its way already')
  await expect(clock.run()).rejects.toThrow('on its way already')
  expect((await clock.read()).frozen).toBe(false)
})

test('after a reset during a move the endpoints given at start are as old as the account', async () => {
  const { clock, move, reset, stripe } = await moveUnderWay()
  await reset()
  expect((await stripe.webhookEndpoints.list()).data.map(({ created }) => created)).toEqual([newYear])
  await move
  expect((await clock.read()).now).toBe(newYear)
})

test('a clock that is given at start does not turn back the time of a file that is there already', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const now = () => newYear * 1000
  const first = await startEmulator({ dataFile, now })
  await first.stripe.customers.create()
  await first.close()
  const { url, logged } = await startEmulator({ dataFile, now, clock: new Date('2020-01-01T00:00:00Z') })
  expect(await createControl(url).clock.read()).toEqual({ now: newYear, frozen: false, failed: [] })
  expect(logged).toEqual([expect.stringContaining('the clock given at start is not used')])
})

/** The state of an account that stands still at new year, with a checkout that is open. */
async function accountWith({ subscriptions }: { subscriptions: number }) {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const { stripe, close } = await startEmulator({ dataFile, clock: new Date(newYear * 1000) })
  const plan = await createPlan(stripe)
  for (let count = 0; count < subscriptions; count += 1) {
    const { id: customer } = await payer(stripe)
    await stripe.subscriptions.create({ customer, items: [{ price: plan.id }] })
  }
  await createCheckout(stripe)
  await close()
  const state = await readState(dataFile)
  const [session] = state.checkoutSessions.values()
  if (!session) throw new Error('there is no checkout')
  return { state, session }
}

function clockOver(state: State, options: Partial<AccountClockOptions>): AccountClock {
  const request = { id: null, idempotency_key: null }
  const clock = createAccountClock({
    state,
    startsAt: newYear,
    realTime: () => newYear,
    contextAt: (moment) =>
      createContext({ state, byTime: false, url: (path) => path, request, dispatch: () => 0 }, moment),
    moved: () => undefined,
    settled: () => Promise.resolve(),
    log: () => undefined,
    ...options,
  })
  clock.begin()
  return clock
}

function doneIn({ done }: Awaited<ReturnType<AccountClock['moveTo']>>, part: string): string[] {
  return done.map(({ what }) => what).filter((what) => what.includes(part))
}

async function finish(move: Promise<unknown>, letGo: (() => void)[]): Promise<void> {
  let arrived = false
  void move.finally(() => (arrived = true))
  for (; !arrived; await setImmediate()) letGo.shift()?.()
}

/** A settling move that waits at a renewal for webhooks which are held back for an hour. */
async function moveUnderWay(dataFile?: string) {
  const receiver = await startReceiver()
  const emulator = await startEmulator({
    ...(dataFile !== undefined && { dataFile }),
    webhooks: [{ url: receiver.url, secret }],
    now: () => newYear * 1000,
  })
  const { stripe, url } = emulator
  const { clock, chaos, deliveries } = createControl(url)
  const [customer, plan] = [await payer(stripe), await createPlan(stripe)]
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }] })
  await deliveries.settled()
  await chaos.add({ effect: 'delay', milliseconds: 3_600_000 })
  const move = Promise.allSettled([clock.moveBy(40 * day, { settle: true })]).then(([outcome]) => outcome)
  await until(async () => (await clock.read()).now > newYear)
  return { ...emulator, clock, move }
}
