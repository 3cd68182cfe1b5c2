import { ConfigError } from '@lightpress/kernel'
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from 'vitest'
import { cataloguePrices } from '../src/plans.ts'
import { itemsOf, syncCatalogue } from '../src/stripe/catalogue.ts'
import { syncPlansByHand } from '../src/sync-plans.ts'
import { createWorld, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.emulator.reset())
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const ctx = () => world.app.contextFor('billing') as never
const run = (...args: string[]) => syncPlansByHand.run({ args }, ctx())

describe('billing sync-plans', () => {
  it('brings products, the meter and prices, and says so; a second time there is nothing to do', async () => {
    const said = await run()
    expect(said.split('\n')).toEqual([
      'Brought the catalogue to Stripe:',
      '- made product lightpress_pro',
      '- made product lightpress_business',
      '- made product lightpress_business_tasks',
      '- made meter lightpress_tasks',
      ...cataloguePrices.map(({ lookupKey }) => `- made price ${lookupKey}`),
    ])
    world.gate.clear()
    expect(await run()).toBe('Stripe has the whole catalogue already; nothing was changed.')
    expect(writes()).toEqual([])
  })

  it('is one even when many run it at once on an empty Stripe', async () => {
    await Promise.all(Array.from({ length: 5 }, () => run()))
    const { data: prices } = await world.stripe.prices.list({ limit: 100 })
    const { data: products } = await world.stripe.products.list({ limit: 100 })
    expect(prices.map(({ lookup_key: key }) => key).toSorted()).toEqual([
      'business_month',
      'business_tasks_month',
      'business_tasks_year',
      'business_year',
      'pro_month',
      'pro_year',
    ])
    expect(products).toHaveLength(3)
    expect(await meters()).toHaveLength(1)
  })

  it('goes on where it was when Stripe went away in the middle', async () => {
    world.gate.judge = (request) => (request === 'POST /v1/billing/meters' ? 503 : 'pass')
    await expect(run()).rejects.toThrow(ConfigError)
    await expect(run()).rejects.toThrow(`Stripe did not answer at ${world.gate.url}`)
    world.gate.clear()
    expect(await run()).not.toContain('product')
    expect(await meters()).toHaveLength(1)
  })

  it('finds what Stripe did when its answer was lost', async () => {
    world.gate.judge = (request) => (request.startsWith('POST') ? 'lose' : 'pass')
    for (let round = 0; round < 20; round += 1) await run().catch(() => {})
    world.gate.clear()
    expect(await run()).toContain('nothing was changed')
    expect((await world.stripe.prices.list({ limit: 100 })).data).toHaveLength(6)
    expect(await meters()).toHaveLength(1)
  })

  it('takes no arguments', async () => {
    await expect(run('--force')).rejects.toThrow('takes nothing')
  })
})

describe('what is used', () => {
  it('costs nothing up to what is included, and two cents each beyond it', async () => {
    await syncCatalogue(ctx())
    const [meter] = await meters()
    expect(meter).toMatchObject({
      event_name: 'lightpress_tasks',
      default_aggregation: { formula: 'sum' },
      value_settings: { event_payload_key: 'value' },
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    })
    for (const [interval, included] of [
      ['month', 5_000],
      ['year', 60_000],
    ] as const) {
      expect(await priceNamed(`business_tasks_${interval}`)).toMatchObject({
        recurring: { interval, usage_type: 'metered', meter: meter?.id },
        tiers_mode: 'graduated',
        tiers: [
          { up_to: included, unit_amount: 0 },
          { up_to: null, unit_amount: 2 },
        ],
      })
    }
  })

  it('is charged by a new price when the tiers are others; who has the old one keeps it', async () => {
    await syncCatalogue(ctx())
    const right = await priceNamed('business_tasks_month')
    const wrong = await world.stripe.prices.create({
      product: 'lightpress_business_tasks',
      currency: 'usd',
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 4_000, unit_amount: 0 },
        { up_to: 'inf', unit_amount: 2 },
      ],
      recurring: { interval: 'month', usage_type: 'metered', meter: right.recurring?.meter as string },
      lookup_key: 'business_tasks_month',
      transfer_lookup_key: true,
    })
    const { changes } = await syncCatalogue(ctx())
    expect(changes).toEqual(['replaced price business_tasks_month'])
    const replacing = await priceNamed('business_tasks_month')
    expect(replacing.tiers).toMatchObject([{ up_to: 5_000 }, { up_to: null }])
    expect([right.id, wrong.id]).not.toContain(replacing.id)
    expect(await world.stripe.prices.retrieve(wrong.id)).toMatchObject({ active: true, lookup_key: null })
  })

  it('is counted again when somebody switched the meter off', async () => {
    await syncCatalogue(ctx())
    const [meter] = await meters()
    await world.stripe.billing.meters.deactivate(meter?.id as string)
    const synced = await Promise.all(Array.from({ length: 3 }, () => syncCatalogue(ctx())))
    expect(synced.flatMap(({ changes }) => changes)).toContain('reactivated meter lightpress_tasks')
    expect(await meters()).toMatchObject([{ id: meter?.id, status: 'active' }])
  })

  it('has its name for people brought along', async () => {
    await syncCatalogue(ctx())
    const [meter] = await meters()
    await world.stripe.billing.meters.update(meter?.id as string, { display_name: 'Jobs' })
    expect((await syncCatalogue(ctx())).changes).toEqual(['renamed meter lightpress_tasks'])
    expect(await meters()).toMatchObject([{ display_name: 'Tasks' }])
  })

  it('is not brought to a meter that counts otherwise: that is said instead', async () => {
    await world.stripe.billing.meters.create({
      display_name: 'Tasks',
      event_name: 'lightpress_tasks',
      default_aggregation: { formula: 'count' },
    })
    await expect(run()).rejects.toThrow('cannot be changed')
  })
})

describe('the items of a plan', () => {
  it('are its seats and, where it charges what is used, that', async () => {
    await syncCatalogue(ctx())
    world.gate.clear()
    const idOf = async (key: string) => (await priceNamed(key)).id
    expect(await itemsOf({ planId: 'pro', interval: 'year' }, ctx())).toEqual([
      { priceId: await idOf('pro_year'), meterId: null },
    ])
    expect(await itemsOf({ planId: 'business', interval: 'month' }, ctx())).toEqual([
      { priceId: await idOf('business_month'), meterId: null },
      { priceId: await idOf('business_tasks_month'), meterId: 'tasks' },
    ])
    expect(writes()).toEqual([])
  })

  it('are brought to a Stripe that has them not', async () => {
    const items = await itemsOf({ planId: 'business', interval: 'year' }, ctx())
    expect(items).toEqual([
      { priceId: (await priceNamed('business_year')).id, meterId: null },
      { priceId: (await priceNamed('business_tasks_year')).id, meterId: 'tasks' },
    ])
  })

  it.each([
    ['a seat', 'business_month', { unit_amount: 99_900, recurring: { interval: 'month' } }],
    ['another interval', 'business_month', { unit_amount: 2400, recurring: { interval: 'year' } }],
    [
      'every second month',
      'business_month',
      { unit_amount: 2400, recurring: { interval: 'month', interval_count: 2 } },
    ],
    ['another currency', 'business_month', { unit_amount: 2400, currency: 'eur', recurring: { interval: 'month' } }],
    ['usage at one price', 'business_tasks_month', { unit_amount: 2, recurring: { interval: 'month' } }],
  ] as const)('are never those that somebody gave another price by hand: %s', async (_name, lookupKey, terms) => {
    await syncCatalogue(ctx())
    const product = lookupKey === 'business_month' ? 'lightpress_business' : 'lightpress_business_tasks'
    const names = { product, lookup_key: lookupKey, transfer_lookup_key: true }
    const wrong = await world.stripe.prices.create({ currency: 'usd', ...names, ...terms })
    const items = await itemsOf({ planId: 'business', interval: 'month' }, ctx())
    expect(items.map(({ priceId }) => priceId)).not.toContain(wrong.id)
    expect(items.map(({ priceId }) => priceId)).toContain((await priceNamed(lookupKey)).id)
  })
})

function writes(): string[] {
  return world.gate.requests.filter((request) => request.startsWith('POST'))
}

async function meters() {
  return (await world.stripe.billing.meters.list({ limit: 100 })).data
}

async function priceNamed(lookupKey: string) {
  const { data } = await world.stripe.prices.list({ lookup_keys: [lookupKey], expand: ['data.tiers'] })
  const [price] = data
  if (!price) throw new Error(`Stripe has no price ${lookupKey}`)
  return price
}
