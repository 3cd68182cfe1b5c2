import type Stripe from 'stripe'
import { pay } from '../../support/world.ts'
import type { Life } from '../life.ts'
import { seatItem, takesMoney, type Truth } from '../oracle.ts'
import type { Action } from './action.ts'
import { cards } from './cards.ts'

const DAY = 86_400

const openInvoice = ({ invoices }: Truth) => invoices.find(({ status }) => status === 'open')

/** What is done at Stripe's own pages, by hand. It may refuse: then nothing was done. */
function byHand(action: Action): Action {
  return {
    ...action,
    async run(life, truth) {
      try {
        await action.run(life, truth)
      } catch (error) {
        const { type, message } = error as { type?: string; message?: string }
        if (type !== 'StripeInvalidRequestError' && type !== 'StripeCardError') throw error
        life.tell(`Stripe refuses: ${message}`)
      }
    },
  }
}

function ofSubscription(
  name: string,
  weight: number,
  run: (life: Life, current: Stripe.Subscription) => Promise<unknown>,
): Action {
  return byHand({
    name,
    weight,
    when: ({ current }) => current !== undefined && takesMoney.has(current.status),
    async run(life, { current }) {
      if (current) await run(life, current)
    },
  })
}

export const desk: Action[] = [
  ofSubscription('Stripe: another quantity', 2, async (life, current) => {
    const quantity = 1 + life.random.below(9)
    life.tell(String(quantity))
    const items = [{ id: seatItem(current).id, quantity }]
    const behavior = life.random.pick(['create_prorations', 'none', 'always_invoice'] as const)
    await life.stripe.subscriptions.update(current.id, { items, proration_behavior: behavior })
  }),
  ofSubscription('Stripe: ends on a day', 1, (life, { id }) =>
    life
      .now()
      .then((now) => life.stripe.subscriptions.update(id, { cancel_at: now + (1 + life.random.below(40)) * DAY })),
  ),
  ofSubscription('Stripe: ends with the period', 1, ({ stripe }, { id }) =>
    stripe.subscriptions.update(id, { cancel_at_period_end: true }),
  ),
  ofSubscription('Stripe: goes on', 1, ({ stripe }, { id, cancel_at: day, cancel_at_period_end: flag }) =>
    stripe.subscriptions.update(id, flag || day === null ? { cancel_at_period_end: false } : { cancel_at: '' }),
  ),
  ofSubscription('Stripe: ends at once', 1, ({ stripe }, { id }) => stripe.subscriptions.cancel(id)),
  ofSubscription('Stripe: a coupon', 2, async ({ stripe, random }, { id }) => {
    const worth = random.pick([{ percent_off: 20 }, { percent_off: 100 }, { amount_off: 500, currency: 'usd' }])
    const lasting = random.pick([
      { duration: 'once' as const },
      { duration: 'forever' as const },
      { duration: 'repeating' as const, duration_in_months: 3 },
    ])
    const coupon = await stripe.coupons.create({ name: 'By hand', ...worth, ...lasting })
    await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
  }),
  ofSubscription('Stripe: no coupon any more', 1, ({ stripe }, { id }) =>
    stripe.subscriptions.update(id, { discounts: '' }),
  ),
  ofSubscription('Stripe: another card', 4, async ({ stripe, random, tell }, { id, customer }) => {
    const card = random.pick(['pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_chargeCustomerFail'])
    tell(card)
    const method = await stripe.paymentMethods.attach(card, { customer: customer as string })
    if (random.chance(0.5)) return stripe.subscriptions.update(id, { default_payment_method: method.id })
    return stripe.customers.update(customer as string, { invoice_settings: { default_payment_method: method.id } })
  }),
  byHand({
    name: 'pays the open invoice',
    weight: 8,
    when: (truth) => openInvoice(truth) !== undefined,
    async run({ stripe, random, tell }, truth) {
      const invoice = openInvoice(truth)
      if (!invoice) return
      const card = random.pick([cards.good, cards.good, cards.empty])
      if (random.chance(0.5)) {
        const { status } = await pay(invoice.hostedUrl ?? '', card)
        return tell(`on its page with ${card.slice(-4)}: ${status === 303 ? 'done' : `no (${status})`}`)
      }
      const { customer } = await stripe.invoices.retrieve(invoice.stripeInvoiceId)
      const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer as string })
      await stripe.invoices.pay(invoice.stripeInvoiceId, { payment_method: id })
    },
  }),
  byHand({
    name: 'Stripe: gives the open invoice up',
    weight: 2,
    when: (truth) => openInvoice(truth) !== undefined,
    async run({ stripe, random, tell }, truth) {
      const { stripeInvoiceId: id = '' } = openInvoice(truth) ?? {}
      const how = random.pick(['voidInvoice', 'markUncollectible'] as const)
      tell(how)
      await stripe.invoices[how](id)
    },
  }),
  byHand({
    name: 'Stripe: gives money back',
    weight: 3,
    when: ({ invoices }) => invoices.some(({ status, total }) => status === 'paid' && total > 0),
    async run({ stripe, random, tell }, { invoices }) {
      const paid = invoices.filter(({ status, total }) => status === 'paid' && total > 0)
      const { stripeInvoiceId } = random.pick(paid)
      const { data } = await stripe.invoicePayments.list({ invoice: stripeInvoiceId })
      const intent = data[0]?.payment.payment_intent
      if (!intent) return tell('none was paid by card')
      const amount = random.chance(0.5) ? 1 + random.below(500) : undefined
      await stripe.refunds.create({ payment_intent: intent as string, ...(amount !== undefined && { amount }) })
    },
  }),
]
