import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runUntil } from '../src/clocks/agenda.ts'
import { agendas } from '../src/clocks/agendas.ts'
import { createContext, type Context } from '../src/context.ts'
import { forkFor } from '../src/state/fork.ts'
import { createControl } from '../src/index.ts'
import { previewOf } from '../src/invoices/preview-endpoint.ts'
import { commonNames, ownedNames, ownIn } from '../src/state/owners.ts'
import { isSettled } from '../src/state/settled.ts'
import { emptyState, type State } from '../src/state/state.ts'
import { openStore } from '../src/state/store.ts'
import { begin, newYear, on, payer } from './clock-harness.ts'
import { createPlan, startEmulator, temporaryFolder } from './harness.ts'
import { createRandom, seed } from './random.ts'

type Maps = Record<keyof State, Map<string, { touched?: boolean }>>

const names = Object.keys(emptyState()) as (keyof State)[]
const told: string[] = []

/** Two customers who have one thing of every kind, and one thing of every kind that nobody owns. */
function world(): Context {
  const state = emptyState()
  const maps = state as unknown as Maps
  for (const name of names) {
    if (!(ownedNames as string[]).includes(name)) maps[name].set('everyone', {})
    else for (const owner of ['ada', 'bob']) maps[name].set(keyIn(name, owner), thingOf(name, owner))
  }
  const request = { id: 'req_1', idempotency_key: null }
  const source = { state, byTime: false, url: (path: string) => path, request, dispatch: tell }
  return createContext(source, 1_000)
}

function tell(event: { type: string }): number {
  told.push(event.type)
  return 1
}

/** What belongs to something else has its key, as a card has that of its payment method. */
function keyIn(name: keyof State, owner: string): string {
  return name === 'customers' ? owner : `${owner}-1`
}

function thingOf(name: keyof State, owner: string): object {
  return { id: keyIn(name, owner), customer: owner, invoice: `${owner}-1`, charge: `${owner}-1` }
}

test.each(ownedNames)('a fork takes along what is the customer’s in %s, and nothing of others', (name) => {
  const ctx = world()
  expect([...forkFor('ada', ctx).state[name].keys()]).toEqual([keyIn(name, 'ada')])
})

test.each(commonNames)('a fork takes along all of %s, which everybody shares', (name) => {
  expect([...forkFor('ada', world()).state[name].keys()]).toEqual(['everyone'])
})

test.each(
  names.filter((name) => !(ownedNames as string[]).includes(name) && !(commonNames as string[]).includes(name)),
)('a fork knows nothing of %s', (name) => {
  expect(forkFor('ada', world()).state[name].size).toBe(0)
})

/** Of these nothing is ever changed by time or in a fork, so that all are shared; others are once they are settled. */
const shared: (keyof State)[] = ['balanceTransactions', 'cards', 'charges', 'refunds', 'usage']

test.each(names.filter((name) => !shared.includes(name)))(
  'what happens to %s in a fork stays there, and the other way round',
  (name) => {
    stays(name)
  },
)

function stays(name: keyof State): void {
  const ctx = world()
  const before = structuredClone([...ctx.state[name]])
  const copy = forkFor('ada', ctx).state as unknown as Maps
  for (const entry of copy[name].values()) entry.touched = true
  copy[name].set('new', {})
  copy[name].delete(keyIn(name, 'ada'))
  expect([...ctx.state[name]]).toEqual(before)

  const later = forkFor('ada', ctx).state
  for (const entry of (ctx.state as unknown as Maps)[name].values()) entry.touched = true
  expect(JSON.stringify([...later[name]])).not.toContain('touched')
}

test.each(shared)('what comes into %s in a fork, or goes, does so there alone', (name) => {
  const ctx = world()
  const before = [...ctx.state[name].keys()]
  const copy = forkFor('ada', ctx).state as unknown as Maps
  copy[name].set('new', {})
  copy[name].delete(keyIn(name, 'ada'))
  expect([...ctx.state[name].keys()]).toEqual(before)
})

test(`what is settled is written to by nothing that time does, so that a fork may share it (seed ${seed})`, async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const { stripe, url, close } = await startEmulator({ dataFile, now: () => newYear * 1000 })
  await begin(stripe, createRandom(seed), undefined)
  // Who began by chance may have ended by now, or never have paid: these have much that is settled, and go on.
  const { id: price } = await createPlan(stripe, { amount: 1500 })
  for (let count = 0; count < 3; count += 1) {
    const { id: customer } = await payer(stripe)
    await stripe.subscriptions.create({ customer, items: [{ price }] })
  }
  await createControl(url).clock.moveTo(on(3, 17))
  await close()

  const { state } = await openStore(dataFile, fail)
  const source = { state, byTime: true, url: (path: string) => path, request: nobody, dispatch: () => 0 }
  const ctx = createContext(source, on(3, 17))
  let frozen = 0
  for (const name of ownedNames) {
    for (const customer of state.customers.keys()) {
      for (const entry of ownIn(name, customer, state)) {
        if (!isSettled(name, entry, state)) continue
        freeze(entry[1])
        frozen += 1
      }
    }
  }
  expect(frozen).toBeGreaterThan(20)
  for (const { id, items, status } of state.subscriptions.values()) {
    if (status !== 'active') continue
    const changed = items.data.map(({ id }) => ({ id, quantity: 9 }))
    const details = { items: changed, proration_behavior: 'always_invoice' } as const
    expect(previewOf({ subscription: id, subscription_details: details }, ctx).invoice).not.toBeNull()
  }
  expect(runUntil(on(9, 17), { clock: null, agendas }, ctx).length).toBeGreaterThan(10)
})

test('a fork copies nothing of a long past', () => {
  const ctx = world()
  const invoice = { id: 'in_1', customer: 'ada', status: 'paid' as string }
  ctx.state.invoices.set('in_1', invoice as never)
  expect(forkFor('ada', ctx).state.invoices.get('in_1')).toBe(invoice)
  invoice.status = 'open'
  expect(forkFor('ada', ctx).state.invoices.get('in_1')).not.toBe(invoice)
})

const nobody = { id: null, idempotency_key: null }

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const inner of Object.values(value)) freeze(inner)
}

function fail(message: string): never {
  throw new Error(message)
}

test('a fork tells nobody', () => {
  const ctx = world()
  const fork = forkFor('ada', ctx)
  fork.emit('test_helpers.test_clock.deleted', { id: 'clock_1' } as never)
  expect(told).toEqual([])
  expect(fork.state.events.size).toBe(1)
  expect([...ctx.state.events.keys()]).toEqual(['everyone'])
})

test('whoever gets an owner later, and loses it again, is found accordingly', () => {
  const ctx = world()
  const method = { id: 'pm_1', customer: null as string | null }
  ctx.state.paymentMethods.set('pm_1', method as never)
  const known = () => [...forkFor('ada', ctx).state.paymentMethods.keys()]
  expect(known()).toEqual(['ada-1'])
  method.customer = 'ada'
  expect(known()).toEqual(['ada-1', 'pm_1'])
  method.customer = null
  expect(known()).toEqual(['ada-1'])
})
