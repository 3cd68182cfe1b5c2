import { updateCustomer } from '../customers/customers.ts'
import { links } from '../links.ts'
import type { CardDetails } from '../payments/test-cards.ts'
import { createCard, detachPaymentMethod } from '../payments/payment-methods.ts'
import { confirmSetupIntent, createSetupIntent } from '../payments/setup-intents.ts'
import type { PaymentMethod, Subscription } from '../state/state.ts'
import { updateSubscription } from '../subscriptions/billing.ts'
import { afterCompletion, type Visit } from './visit.ts'

/** Where to go once the card is saved, or must be confirmed at its bank; or why it is not taken. */
export type Saved = { to: string } | { problem: string }

/** Saves a card, which then pays by default. https://docs.stripe.com/customer-management/portal-deep-links */
export function saveCard(read: { card: CardDetails; name: string | null }, visit: Visit): Saved {
  const { ctx, customer, session } = visit
  const method = createCard(read.card, { email: customer.email, name: read.name ?? customer.name ?? null }, ctx)
  const setup = createSetupIntent({ customer: customer.id, method }, ctx)
  confirmSetupIntent(setup, { method }, ctx)
  if (setup.status === 'succeeded') {
    makeDefault(method, visit)
    return { to: afterCompletion(visit) }
  }
  if (setup.status === 'requires_action') {
    const back = `${links.portal(session.id)}/cards/saved?setup=${setup.id}`
    return { to: `${links.authentication(setup.id)}?return=${encodeURIComponent(back)}` }
  }
  return { problem: setup.last_setup_error?.message ?? 'Your card was declined.' }
}

/** Goes on once the holder comes back from the bank. */
export function finishCard(setupId: string, visit: Visit): Saved {
  const { setupIntents, paymentMethods } = visit.ctx.state
  const setup = setupIntents.get(setupId)
  const method = paymentMethods.get(setup?.payment_method ?? '')
  if (setup?.status !== 'succeeded' || method?.customer !== visit.customer.id) {
    return { problem: 'Your bank did not confirm this card. Try again, or use another one.' }
  }
  makeDefault(method, visit)
  return { to: afterCompletion(visit) }
}

export function makeDefault({ id }: PaymentMethod, { customer, ctx }: Visit): void {
  updateCustomer(customer, { invoice_settings: { ...customer.invoice_settings, default_payment_method: id } }, ctx)
}

/** Lets one subscription be paid with a card of its own. */
export function payWith(method: PaymentMethod, subscription: Subscription, { ctx }: Visit): void {
  updateSubscription(subscription, { default_payment_method: method.id }, ctx)
}

export function removeCard(method: PaymentMethod, { ctx }: Visit): void {
  detachPaymentMethod(method, ctx)
}
