import { expect } from 'vitest'
import { errorOf } from '../harness.ts'
import type { Case } from './recorder.ts'
import { draft, idOf, idsOf, payer, subscribed } from './scenes.ts'

export const invoiceCases: Case[] = [
  {
    name: 'an invoice is drafted, finalised and paid',
    async run(stripe) {
      const invoice = await draft(stripe)
      expect(invoice).toMatchObject({ status: 'draft', amount_due: 3000, number: null })
      await stripe.invoices.update(invoice.id, { description: 'Thank you', metadata: { job: '7' } })
      const open = await stripe.invoices.finalizeInvoice(invoice.id)
      expect(open).toMatchObject({ status: 'open', description: 'Thank you', amount_remaining: 3000 })
      expect(open.hosted_invoice_url).toMatch(/^http/)
      const paid = await stripe.invoices.pay(invoice.id)
      expect(paid).toMatchObject({ status: 'paid', amount_paid: 3000, amount_remaining: 0 })

      const payments = await stripe.invoicePayments.list({ invoice: invoice.id })
      expect(payments.data).toMatchObject([{ status: 'paid', amount_paid: 3000 }])
      expect(await stripe.invoicePayments.retrieve(payments.data[0]?.id ?? '')).toEqual(payments.data[0])
      expect(idsOf(await stripe.invoices.list({ customer: idOf(invoice.customer), status: 'paid' }))).toEqual([
        invoice.id,
      ])
      expect(idsOf(await stripe.invoices.search({ query: "metadata['job']:'7'" }))).toEqual([invoice.id])
      const lines = await stripe.invoices.listLineItems(invoice.id)
      expect(lines.data.map(({ amount }) => amount)).toEqual([3000])
    },
  },
  {
    name: 'an invoice is sent, and given up',
    async run(stripe) {
      const sent = await draft(stripe, { collection_method: 'send_invoice', days_until_due: 14 })
      const open = await stripe.invoices.sendInvoice(sent.id)
      expect(open).toMatchObject({ status: 'open', collection_method: 'send_invoice' })
      expect(open.due_date).toBeGreaterThan(open.created)
      expect(await stripe.invoices.markUncollectible(sent.id)).toMatchObject({ status: 'uncollectible' })
    },
  },
  {
    name: 'an invoice is voided, and a draft deleted',
    async run(stripe) {
      const wrong = await draft(stripe)
      await stripe.invoices.finalizeInvoice(wrong.id)
      expect(await stripe.invoices.voidInvoice(wrong.id)).toMatchObject({ status: 'void' })
      const early = await draft(stripe)
      expect(await stripe.invoices.del(early.id)).toMatchObject({ id: early.id, deleted: true })
      expect(await errorOf(stripe.invoices.retrieve(early.id))).toMatchObject({ statusCode: 404 })
    },
  },
  {
    name: 'what waits for the next invoice can be changed, and dropped',
    async run(stripe) {
      const customer = await payer(stripe)
      const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' })
      expect(await stripe.invoiceItems.retrieve(item.id)).toMatchObject({ amount: 500, invoice: null })
      expect(await stripe.invoiceItems.update(item.id, { amount: 700, description: 'Setup' })).toMatchObject({
        amount: 700,
      })
      const dropped = await stripe.invoiceItems.create({ customer: customer.id, amount: 9, currency: 'usd' })
      expect(await stripe.invoiceItems.del(dropped.id)).toMatchObject({ deleted: true })
      expect(idsOf(await stripe.invoiceItems.list({ customer: customer.id, pending: true }))).toEqual([item.id])
      const invoice = await stripe.invoices.create({
        customer: customer.id,
        pending_invoice_items_behavior: 'include',
      })
      expect(invoice.lines.data).toMatchObject([{ amount: 700, description: 'Setup' }])
    },
  },
  {
    name: 'an invoice to come is shown before anything is changed',
    async run(stripe) {
      const subscription = await subscribed(stripe)
      const [item] = subscription.items.data
      const preview = await stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: { items: [{ id: item?.id ?? '', quantity: 5 }], proration_behavior: 'none' },
      })
      expect(preview.id).toMatch(/^upcoming_in_/)
      expect(preview).toMatchObject({ status: 'draft', total: 5000, billing_reason: 'upcoming' })
      expect((await stripe.subscriptions.retrieve(subscription.id)).items.data).toMatchObject([{ quantity: 2 }])
      expect((await stripe.invoices.list()).data).toHaveLength(1)
    },
  },
]
