import { expect } from 'vitest'
import { errorOf } from '../harness.ts'
import type { Case } from './recorder.ts'
import { idOf, idsOf } from './scenes.ts'

export const paymentCases: Case[] = [
  {
    name: 'a payment is confirmed, and what was charged is refunded',
    async run(stripe) {
      const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', metadata: { order: '1' } })
      expect(intent).toMatchObject({ status: 'requires_payment_method', amount_received: 0 })
      await stripe.paymentIntents.update(intent.id, { amount: 2500, description: 'A chair' })
      const paid = await stripe.paymentIntents.confirm(intent.id, {
        payment_method: 'pm_card_visa',
        return_url: 'http://shop.test/done',
      })
      expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2500, description: 'A chair' })
      expect(await stripe.paymentIntents.retrieve(intent.id)).toEqual(paid)
      expect(idsOf(await stripe.paymentIntents.list())).toEqual([intent.id])
      expect(idsOf(await stripe.paymentIntents.search({ query: "metadata['order']:'1'" }))).toEqual([intent.id])

      const charge = await stripe.charges.retrieve(idOf(paid.latest_charge))
      expect(charge).toMatchObject({ amount: 2500, paid: true, refunded: false, payment_intent: intent.id })
      await stripe.charges.update(charge.id, { metadata: { packed: 'yes' } })
      expect(idsOf(await stripe.charges.list({ payment_intent: intent.id }))).toEqual([charge.id])
      expect(idsOf(await stripe.charges.search({ query: "metadata['packed']:'yes'" }))).toEqual([charge.id])

      const refund = await stripe.refunds.create({ charge: charge.id, amount: 1000, reason: 'requested_by_customer' })
      expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ amount: 1000, status: 'succeeded' })
      expect(await stripe.refunds.update(refund.id, { metadata: { why: 'scratch' } })).toMatchObject({
        metadata: { why: 'scratch' },
      })
      expect(idsOf(await stripe.refunds.list({ charge: charge.id }))).toEqual([refund.id])
      expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 1000, refunded: false })
    },
  },
  {
    name: 'a payment that is canceled can be paid no more',
    async run(stripe) {
      const { id } = await stripe.paymentIntents.create({ amount: 2000, currency: 'jpy' })
      expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({
        status: 'canceled',
        cancellation_reason: 'abandoned',
      })
      expect(await errorOf(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }))).toMatchObject({
        code: 'payment_intent_unexpected_state',
      })
    },
  },
  {
    name: 'a card is set up for later',
    async run(stripe) {
      const customer = await stripe.customers.create()
      const setup = await stripe.setupIntents.create({ customer: customer.id })
      expect(setup).toMatchObject({ status: 'requires_payment_method', usage: 'off_session' })
      await stripe.setupIntents.update(setup.id, { metadata: { from: 'settings' } })
      const done = await stripe.setupIntents.confirm(setup.id, {
        payment_method: 'pm_card_visa',
        return_url: 'http://shop.test/done',
      })
      expect(done).toMatchObject({ status: 'succeeded', metadata: { from: 'settings' } })
      expect(await stripe.setupIntents.retrieve(setup.id, { expand: ['payment_method'] })).toMatchObject({
        payment_method: { customer: customer.id },
      })
      const other = await stripe.setupIntents.create({ customer: customer.id })
      expect(await stripe.setupIntents.cancel(other.id)).toMatchObject({ status: 'canceled' })
      expect(idsOf(await stripe.setupIntents.list({ customer: customer.id }))).toEqual([other.id, setup.id])
    },
  },
  {
    name: 'a payment method is kept with a customer, and let go',
    async run(stripe) {
      const customer = await stripe.customers.create()
      const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
      expect(method).toMatchObject({ customer: null, card: { brand: 'visa', last4: '4242' } })
      await stripe.paymentMethods.attach(method.id, { customer: customer.id })
      await stripe.paymentMethods.update(method.id, { billing_details: { name: 'Ada' } })
      expect(await stripe.paymentMethods.retrieve(method.id)).toMatchObject({
        customer: customer.id,
        billing_details: { name: 'Ada' },
      })
      expect(idsOf(await stripe.paymentMethods.list({ customer: customer.id, type: 'card' }))).toEqual([method.id])
      expect(await stripe.paymentMethods.detach(method.id)).toMatchObject({ customer: null })
    },
  },
]
