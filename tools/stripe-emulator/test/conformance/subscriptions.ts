import { expect } from 'vitest'
import { errorOf } from '../harness.ts'
import type { Case } from './recorder.ts'
import { advance, day, idOf, idsOf, monthly, newYear, payer, subscribed } from './scenes.ts'

export const subscriptionCases: Case[] = [
  {
    name: 'a subscription is begun, changed and cancelled',
    async run(stripe) {
      const subscription = await subscribed(stripe, { metadata: { team: 'blue' } })
      expect(subscription).toMatchObject({ status: 'active', currency: 'usd' })
      expect(await stripe.invoices.retrieve(idOf(subscription.latest_invoice))).toMatchObject({
        status: 'paid',
        total: 2000,
        billing_reason: 'subscription_create',
      })
      await stripe.subscriptions.update(subscription.id, { description: 'The blue team' })
      expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ description: 'The blue team' })
      expect(idsOf(await stripe.subscriptions.list({ customer: idOf(subscription.customer) }))).toEqual([
        subscription.id,
      ])
      expect(idsOf(await stripe.subscriptions.search({ query: "metadata['team']:'blue'" }))).toEqual([subscription.id])
      expect(await stripe.subscriptions.cancel(subscription.id)).toMatchObject({ status: 'canceled' })
    },
  },
  {
    name: 'a subscription is paused and resumed',
    async run(stripe) {
      const { id } = await subscribed(stripe)
      expect(await stripe.subscriptions.pause(id, { type: 'subscription' })).toMatchObject({ status: 'paused' })
      expect(await stripe.subscriptions.resume(id)).toMatchObject({ status: 'active' })
    },
  },
  {
    name: 'discounts reduce an invoice, and are taken off a subscription',
    async run(stripe) {
      const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'forever' })
      const { id, discounts, latest_invoice: first } = await subscribed(stripe, { discounts: [{ coupon: coupon.id }] })
      expect(discounts).toHaveLength(1)
      const invoice = await stripe.invoices.retrieve(idOf(first))
      expect(invoice).toMatchObject({ subtotal: 2000, total: 1500 })
      expect(invoice.total_discount_amounts).toMatchObject([{ amount: 500 }])
      expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1)
      expect(await stripe.subscriptions.deleteDiscount(id)).toMatchObject({ object: 'discount', deleted: true })
      expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([])
    },
  },
  {
    name: 'the items of a subscription come and go',
    async run(stripe) {
      const { id } = await subscribed(stripe)
      const extra = await monthly(stripe, 300)
      const item = await stripe.subscriptionItems.create({ subscription: id, price: extra.id, quantity: 1 })
      expect(await stripe.subscriptionItems.retrieve(item.id)).toMatchObject({ quantity: 1, price: { id: extra.id } })
      expect(await stripe.subscriptionItems.update(item.id, { quantity: 4 })).toMatchObject({ quantity: 4 })
      expect(idsOf(await stripe.subscriptionItems.list({ subscription: id }))).toContain(item.id)
      expect(await stripe.subscriptionItems.del(item.id)).toMatchObject({ id: item.id, deleted: true })
      expect(idsOf(await stripe.subscriptionItems.list({ subscription: id }))).toHaveLength(1)
    },
  },
  {
    name: 'a schedule changes a subscription, and lets it go',
    async run(stripe) {
      const { id } = await subscribed(stripe)
      const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id })
      expect(schedule).toMatchObject({ status: 'active', subscription: id, end_behavior: 'release' })
      await stripe.subscriptionSchedules.update(schedule.id, { metadata: { plan: 'grow' } })
      expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ metadata: { plan: 'grow' } })
      expect(idsOf(await stripe.subscriptionSchedules.list())).toEqual([schedule.id])
      expect(await stripe.subscriptionSchedules.release(schedule.id)).toMatchObject({
        status: 'released',
        released_subscription: id,
      })
      const again = await stripe.subscriptionSchedules.create({ from_subscription: id })
      expect(await stripe.subscriptionSchedules.cancel(again.id)).toMatchObject({ status: 'canceled' })
      expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' })
    },
  },
  {
    name: 'a test clock makes a subscription renew, and takes it along when it goes',
    async run(stripe) {
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear, name: 'Renewal' })
      const customer = await payer(stripe, { test_clock: clock.id })
      const { id } = await subscribed(stripe, { customer: customer.id })
      await advance(stripe, clock.id, newYear + 32 * day)
      expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: 'ready', name: 'Renewal' })
      const invoices = await stripe.invoices.list({ subscription: id })
      expect(invoices.data.map(({ billing_reason: reason, status }) => [reason, status])).toEqual([
        ['subscription_cycle', 'paid'],
        ['subscription_create', 'paid'],
      ])
      expect(idsOf(await stripe.testHelpers.testClocks.list())).toEqual([clock.id])
      expect(await stripe.testHelpers.testClocks.del(clock.id)).toMatchObject({ deleted: true })
      expect(await errorOf(stripe.customers.retrieve(customer.id))).toMatchObject({ code: 'resource_missing' })
    },
  },
]
