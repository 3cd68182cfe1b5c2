import type { Context } from '../context.ts'
import { isLive } from '../customers/customers.ts'
import { detachPaymentMethod } from '../payments/payment-methods.ts'
import { ownedBy } from '../state/owners.ts'
import type { CheckoutSession, Customer, PaymentMethod } from '../state/state.ts'

/** "The Checkout Session displays up to 50 saved cards": https://docs.stripe.com/payments/existing-customers */
const most = 50

/** The customer whom the session was opened for. */
export function findCustomerOf({ customer: id }: CheckoutSession, { state }: Context): Customer | null {
  const customer = state.customers.get(id ?? '')
  return customer && isLive(customer) ? customer : null
}

/**
 * The cards that the customer may choose from: the default one first, then the newest. Which of them may be shown
 * again, each card says itself:
 * https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options
 */
export function savedCards(session: CheckoutSession, ctx: Context): PaymentMethod[] {
  const customer = findCustomerOf(session, ctx)
  const shown: string[] = session.saved_payment_method_options?.allow_redisplay_filters ?? []
  if (!customer) return []
  const preferred = customer.invoice_settings.default_payment_method
  return ownedBy('paymentMethods', customer.id, ctx.state)
    .filter(({ allow_redisplay: allowed }) => shown.includes(allowed ?? 'unspecified'))
    .toReversed()
    .sort((a, b) => Number(b.id === preferred) - Number(a.id === preferred))
    .slice(0, most)
}

/** Takes one away for good, where the session allows the customer to. */
export function forgetCard(session: CheckoutSession, id: string, ctx: Context): void {
  const method = savedCards(session, ctx).find((saved) => saved.id === id)
  const allowed = session.saved_payment_method_options?.payment_method_remove === 'enabled'
  if (method && allowed) detachPaymentMethod(method, ctx)
}
