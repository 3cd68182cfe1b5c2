import { expect } from 'vitest'
import type { Case } from './recorder.ts'
import { idsOf, monthly, payer } from './scenes.ts'

export const sessionCases: Case[] = [
  {
    name: 'a checkout is opened, read, changed and expired',
    async run(stripe) {
      const price = await monthly(stripe)
      const session = await stripe.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: price.id, quantity: 3 }],
        success_url: 'http://shop.test/done',
      })
      expect(session).toMatchObject({ status: 'open', payment_status: 'unpaid', amount_total: 3000 })
      await stripe.checkout.sessions.update(session.id, { metadata: { cart: '9' } })
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ metadata: { cart: '9' } })
      const items = await stripe.checkout.sessions.listLineItems(session.id)
      expect(items.data).toMatchObject([{ quantity: 3, amount_total: 3000 }])
      expect(await stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null })
      expect(idsOf(await stripe.checkout.sessions.list({ status: 'expired' }))).toEqual([session.id])
    },
  },
  {
    name: 'a portal opens for a customer',
    async run(stripe) {
      const customer = await payer(stripe)
      const session = await stripe.billingPortal.sessions.create({
        customer: customer.id,
        return_url: 'http://shop.test/account',
      })
      expect(session).toMatchObject({ customer: customer.id, return_url: 'http://shop.test/account' })
      expect((await fetch(session.url)).status).toBe(200)
    },
  },
  {
    name: 'a portal is configured, and a session takes what is configured for it',
    async run(stripe) {
      const configuration = await stripe.billingPortal.configurations.create({
        features: { invoice_history: { enabled: true }, subscription_cancel: { enabled: true, mode: 'immediately' } },
        metadata: { for: 'teams' },
      })
      expect(configuration).toMatchObject({
        active: true,
        features: { invoice_history: { enabled: true }, subscription_cancel: { enabled: true, mode: 'immediately' } },
      })
      await stripe.billingPortal.configurations.update(configuration.id, { metadata: { for: 'everybody' } })
      expect(await stripe.billingPortal.configurations.retrieve(configuration.id)).toMatchObject({
        metadata: { for: 'everybody' },
        features: { subscription_cancel: { mode: 'immediately' } },
      })
      expect(idsOf(await stripe.billingPortal.configurations.list({ active: true }))).toContain(configuration.id)
      const customer = await payer(stripe)
      const session = await stripe.billingPortal.sessions.create({
        customer: customer.id,
        configuration: configuration.id,
      })
      expect(session.configuration).toBe(configuration.id)
    },
  },
]
