import { afterAll, beforeAll, expect, it } from 'vitest'
import { seed, seedPromotion } from '../src/seed.ts'
import { isStandIn } from '../src/stripe/client.ts'
import { createWorld, newOrganization, untilQuiet, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const ctx = () => world.app.contextFor('billing') as never

it('the seed brings the catalogue and a code to the stand-in, once however often it runs', async () => {
  for (let round = 0; round < 3; round += 1) await seed(ctx())
  await untilQuiet(world)
  await seed(ctx())
  await untilQuiet(world)
  expect((await world.stripe.products.list()).data).toHaveLength(3)
  const { data } = await world.stripe.promotionCodes.list({ limit: 100 })
  expect(data).toMatchObject([{ code: 'LAUNCH20', active: true }])
  const { client } = newOrganization(world)
  await client.startCheckout({ planId: 'pro', interval: 'month', promotionCode: 'launch20' })
  const { data: sessions } = await world.stripe.checkout.sessions.list()
  expect(sessions).toMatchObject([{ amount_total: 960 }])
})

it('nothing of that is made at Stripe itself', async () => {
  expect(isStandIn({ STRIPE_API_BASE: 'https://api.stripe.com' })).toBe(false)
  expect(isStandIn({ STRIPE_API_BASE: world.gate.url })).toBe(true)
  world.gate.clear()
  const config = { STRIPE_API_BASE: 'https://api.stripe.com' }
  await seedPromotion.run({}, { ...(ctx() as object), config } as never)
  expect(world.gate.requests).toEqual([])
})
