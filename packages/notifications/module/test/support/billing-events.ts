import { invoicePaid, invoicePaymentFailed, subscriptionChanged, trialEnding } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import type { WebhookEventType } from '@lightpress/notifications-contract'

const invoiceId = newId()
const invoice = { invoiceId, number: 'F-1', planId: 'pro' as const }
const hostedUrl = 'https://invoice.stripe.com/i/secret'
const paid = { ...invoice, total: money(3_600, 'usd'), paidAt: '2026-11-20T12:00:00Z' }
const failed = {
  ...invoice,
  amountDue: money(3_600, 'usd'),
  attempt: 2,
  nextAttemptAt: '2026-11-24T12:00:00Z',
  graceEndsAt: '2026-12-01T12:00:00Z',
}
const trial = { planId: 'pro' as const, trialEndsAt: '2026-11-24T12:00:00Z', hasPaymentMethod: false }
const subscription = { planId: 'pro' as const, status: 'past_due' as const, seats: 3 }

/** One of each, without its organisation, and what programs are told of it. */
export const billingEvents = [
  { type: 'invoice.paid', event: invoicePaid, payload: { ...paid, hostedUrl }, data: paid },
  { type: 'invoice.payment_failed', event: invoicePaymentFailed, payload: { ...failed, hostedUrl }, data: failed },
  { type: 'subscription.trial_ending', event: trialEnding, payload: trial, data: trial },
  {
    type: 'subscription.changed',
    event: subscriptionChanged,
    payload: { ...subscription, entitledPlanId: 'free' },
    data: { ...subscription, entitledPlanId: 'free' },
  },
] as const satisfies { type: WebhookEventType; event: unknown; payload: object; data: object }[]
