import { join } from 'node:path'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { readState } from '../src/state/file.ts'
import type { State } from '../src/state/state.ts'
import { begin, day, newYear, on } from './clock-harness.ts'
import { createRandom, seeds, type Random } from './random.ts'
import { startEmulator, temporaryFolder, until } from './harness.ts'

const hour = 3600

test.each(seeds(3))('the account gets by one big step where it gets by many small ones (seed %i)', async (seed) => {
  const to = on(6, 17)
  const [big, small] = await Promise.all([
    life(seed, {}, async ({ url }) => void (await createControl(url).clock.moveTo(to))),
    life(seed, {}, async ({ url }) => {
      for (const moment of steps(createRandom(seed), to, 20 * day)) await createControl(url).clock.moveTo(moment)
    }),
  ])
  expect(big.length).toBeGreaterThan(20_000)
  expect(small).toEqual(big)
})

test.each(seeds(3))('a test clock gets by one big step where it gets by many small ones (seed %i)', async (seed) => {
  const to = newYear + 59 * day
  const [big, small] = await Promise.all([
    life(seed, { onClock: true }, ({ stripe, clock }) => advance(stripe, clock, to)),
    life(seed, { onClock: true }, async ({ stripe, clock }) => {
      for (const moment of steps(createRandom(seed), to, 5 * day)) await advance(stripe, clock, moment)
    }),
  ])
  expect(small).toEqual(big)
})

test.each(seeds(3))('two test clocks go their way whatever the other does (seed %i)', async (seed) => {
  const { stripe } = await startEmulator({ now: () => newYear * 1000 })
  const random = createRandom(seed)
  const clocks: string[] = []
  for (const name of ['One', 'Two']) {
    const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: newYear, name })
    await begin(stripe, createRandom(seed), id)
    clocks.push(id)
  }
  const ways = clocks.map((clock) => ({ clock, steps: [...steps(random, newYear + 59 * day, 10 * day)] }))
  while (ways.some(({ steps }) => steps.length > 0)) {
    const { clock, steps } = random.pick(ways.filter(({ steps }) => steps.length > 0))
    await advance(stripe, clock, steps.shift() ?? 0)
  }
  const [one, two] = await Promise.all(clocks.map((clock) => invoicesOn(stripe, clock)))
  expect(one).toEqual(two)
  expect(one?.length).toBeGreaterThan(3)
})

interface Place {
  stripe: Stripe
  url: string
  clock: string
}

/** Lives through the same things and answers all that the stand-in then knows, without what is random. */
async function life(seed: number, { onClock = false }, live: (place: Place) => Promise<void>): Promise<string> {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const { stripe, url, close } = await startEmulator({
    dataFile,
    now: () => newYear * 1000,
    publicUrl: 'http://stripe.test',
  })
  const clock = onClock ? (await stripe.testHelpers.testClocks.create({ frozen_time: newYear })).id : ''
  await begin(stripe, createRandom(seed), onClock ? clock : undefined)
  await live({ stripe, url, clock })
  await close()
  return known(await readState(dataFile))
}

function* steps(random: Random, to: number, most: number): Generator<number> {
  for (let now = newYear; now < to;) {
    now = Math.min(to, now + 1 + random.below(random.chance(0.3) ? hour : most))
    yield now
  }
}

async function advance(stripe: Stripe, clock: string, to: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to })
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock)).status !== 'advancing')
}

async function invoicesOn(stripe: Stripe, test_clock: string) {
  const customers = (await stripe.customers.list({ test_clock })).data.toReversed()
  const all = await Promise.all(customers.map(({ id }) => stripe.invoices.list({ customer: id, limit: 100 })))
  return all.flatMap(({ data }) => data.map(({ created, status, total }) => ({ created, status, total })))
}

/** What hangs on the wall clock, or on how often the clock was moved. */
const apart = new Set(['eventTimes', 'deliveries', 'idempotentAnswers'])

function known(state: State): string {
  const maps = (Object.entries(state) as [string, Map<string, { type?: unknown }>][]).filter(
    ([name]) => !apart.has(name),
  )
  const kept = maps.map(([name, entries]) => [
    name,
    [...entries].filter(([, { type }]) => !String(type).startsWith('test_helpers.test_clock')),
  ])
  const prefixes = [...state.customers.values()].flatMap((one) =>
    'invoice_prefix' in one ? [String(one.invoice_prefix)] : [],
  )
  return anonymous(JSON.stringify(kept, null, 1), prefixes)
}

/** Ids and other random texts become the number of their first appearance. */
function anonymous(text: string, prefixes: string[]): string {
  const names = new Map<string, string>()
  const random = new RegExp(
    `\\b(?:[a-z]+_)+[A-Za-z0-9]{14,}(?:_secret_\\w+)?\\b|${prefixes.map((one) => `\\b${one}\\b`).join('|')}`,
    'g',
  )
  return text.replaceAll(/"(fingerprint|idempotency_key)": "[^"]*"/g, '"$1": ""').replaceAll(random, (name) => {
    const known = names.get(name) ?? `#${names.size}`
    names.set(name, known)
    return known
  })
}
