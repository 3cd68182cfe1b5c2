import { expect } from 'vitest'
import type { Case } from './recorder.ts'
import { idsOf, payer } from './scenes.ts'

export const catalogueCases: Case[] = [
  {
    name: 'products live from creation to deletion',
    async run(stripe) {
      const product = await stripe.products.create({ name: 'Pro', description: 'For teams' })
      expect(await stripe.products.retrieve(product.id)).toEqual(product)
      expect(await stripe.products.update(product.id, { name: 'Team' })).toMatchObject({
        name: 'Team',
        description: 'For teams',
      })
      expect(idsOf(await stripe.products.list({ active: true }))).toEqual([product.id])
      expect(idsOf(await stripe.products.search({ query: "name:'Team'" }))).toEqual([product.id])
      expect(await stripe.products.del(product.id)).toMatchObject({ id: product.id, deleted: true })
      expect(idsOf(await stripe.products.list())).toEqual([])
    },
  },
  {
    name: 'prices are made, found and archived',
    async run(stripe) {
      const product = await stripe.products.create({ name: 'Pro' })
      const price = await stripe.prices.create({ currency: 'usd', unit_amount: 1900, product: product.id })
      expect(price).toMatchObject({ type: 'one_time', recurring: null, billing_scheme: 'per_unit', active: true })
      expect(await stripe.prices.retrieve(price.id, { expand: ['product'] })).toMatchObject({
        product: { name: 'Pro' },
      })
      await stripe.prices.update(price.id, { active: false, metadata: { tier: 'pro' } })
      expect(idsOf(await stripe.prices.list({ active: false, product: product.id }))).toEqual([price.id])
      expect(idsOf(await stripe.prices.search({ query: "metadata['tier']:'pro'" }))).toEqual([price.id])
    },
  },
  {
    name: 'coupons live from creation to deletion',
    async run(stripe) {
      const coupon = await stripe.coupons.create({ percent_off: 25.5, duration: 'repeating', duration_in_months: 3 })
      expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ percent_off: 25.5, valid: true })
      expect(await stripe.coupons.update(coupon.id, { name: 'Quarter' })).toMatchObject({ name: 'Quarter' })
      expect(idsOf(await stripe.coupons.list())).toEqual([coupon.id])
      expect(await stripe.coupons.del(coupon.id)).toMatchObject({ deleted: true })
      expect(idsOf(await stripe.coupons.list())).toEqual([])
    },
  },
  {
    name: 'promotion codes are handed out, found by what is typed, and withdrawn',
    async run(stripe) {
      const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd' })
      const customer = await payer(stripe)
      const code = await stripe.promotionCodes.create({
        promotion: { type: 'coupon', coupon: coupon.id },
        code: 'SPRING',
        customer: customer.id,
      })
      expect(await stripe.promotionCodes.retrieve(code.id, { expand: ['customer'] })).toMatchObject({
        code: 'SPRING',
        customer: { email: 'ada@example.com' },
      })
      expect(idsOf(await stripe.promotionCodes.list({ code: 'spring' }))).toEqual([code.id])
      expect(await stripe.promotionCodes.update(code.id, { active: false })).toMatchObject({ active: false })
    },
  },
  {
    name: 'meters count what was reported and not taken back',
    async run(stripe) {
      const { id } = await stripe.billing.meters.create({
        display_name: 'Calls',
        event_name: 'calls',
        default_aggregation: { formula: 'sum' },
      })
      expect(await stripe.billing.meters.retrieve(id)).toMatchObject({ status: 'active', event_name: 'calls' })
      expect(await stripe.billing.meters.update(id, { display_name: 'API calls' })).toMatchObject({
        display_name: 'API calls',
      })
      const customer = await payer(stripe)
      const report = async (identifier: string, value: string) =>
        await stripe.billing.meterEvents.create({
          event_name: 'calls',
          identifier,
          payload: { stripe_customer_id: customer.id, value },
        })
      const first = await report('first', '3')
      expect(first).toMatchObject({ identifier: 'first', payload: { value: '3' } })
      await report('second', '4')
      const minute = Math.floor(first.timestamp / 60) * 60
      const sum = async () => {
        const summaries = await stripe.billing.meters.listEventSummaries(id, {
          customer: customer.id,
          start_time: minute,
          end_time: minute + 600,
        })
        return summaries.data.map((summary) => summary.aggregated_value)
      }
      expect(await sum()).toEqual([7])
      const cancel = { event_name: 'calls', type: 'cancel' as const, cancel: { identifier: 'second' } }
      expect(await stripe.billing.meterEventAdjustments.create(cancel)).toMatchObject({ status: 'complete' })
      expect(await sum()).toEqual([3])
      expect(await stripe.billing.meters.deactivate(id)).toMatchObject({ status: 'inactive' })
      expect(idsOf(await stripe.billing.meters.list({ status: 'inactive' }))).toEqual([id])
      expect(await stripe.billing.meters.reactivate(id)).toMatchObject({ status: 'active' })
    },
  },
]
