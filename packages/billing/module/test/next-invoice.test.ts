import { afterAll, beforeAll, expect, it } from 'vitest'
import { begin } from './support/standing.ts'
import { createWorld, newOrganization, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('says what comes, with discounts and what stands to the credit', async () => {
  const coupon = { name: 'Launch', percent_off: 20, duration: 'forever' } as const
  const organization = await begin(world, { planId: 'pro', interval: 'month', seats: 3, coupon, credit: 500 })
  const { currentPeriodEnd } = await organization.client.getSubscription()
  const { invoice } = await organization.client.getNextInvoice({})
  expect(invoice).toMatchObject({ total: { amount: 2880, currency: 'usd' }, amountDue: { amount: 2380 } })
  expect(invoice?.at).toBe(currentPeriodEnd)
  expect(invoice?.lines.map(({ amount }) => amount.amount)).toEqual([3600, -720])
})

it('is none where none comes: without a subscription, or of one that ends', async () => {
  expect(await newOrganization(world).client.getNextInvoice({})).toEqual({ invoice: null })
  const { client } = await begin(world, { planId: 'pro', interval: 'year' })
  await client.cancelSubscription({})
  expect(await client.getNextInvoice({})).toEqual({ invoice: null })
})
