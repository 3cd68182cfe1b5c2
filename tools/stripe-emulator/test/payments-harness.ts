import Stripe from 'stripe'
import { errorOf, submit } from './harness.ts'

/** A customer with this card attached, and set as what pays. */
export async function customerWith(stripe: Stripe, card = 'pm_card_visa') {
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  return { customer: customer.id, method: method.id }
}

/** Takes 20 dollars at once. */
export async function charge(stripe: Stripe, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  return await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', confirm: true, ...params })
}

/** What is thrown when a card pays nothing. */
export async function cardErrorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeCardError> {
  const error = await errorOf(call)
  if (error instanceof Stripe.errors.StripeCardError) return error
  throw error
}

/** The types of all events so far, the oldest first. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  return data.map(({ type }) => type).reverse()
}

/** Answers the bank as the holder of the card does, on its page. */
export async function answerBank(
  intent: { next_action: { redirect_to_url?: { url: string | null }; use_stripe_sdk?: object } | null },
  answer: 'complete' | 'fail',
) {
  return await submit(bankPage(intent), { answer })
}

export function bankPage({ next_action: action }: Parameters<typeof answerBank>[0]): string {
  const frame = action?.use_stripe_sdk as { stripe_js?: string } | undefined
  const page = action?.redirect_to_url?.url ?? frame?.stripe_js
  if (page === undefined) throw new Error('the bank asks nothing')
  return page
}
