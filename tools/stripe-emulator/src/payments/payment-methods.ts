import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { ApiError, invalidRequest, noSuch } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Customer, PaymentMethod, State, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { readyMade } from './card-input.ts'
import { behaviourOf, numberNamed, type CardDetails } from './test-cards.ts'

/** Who holds a card, as far as they said. */
export interface Holder {
  address?: { [Part in keyof Address]?: string | null | undefined } | null | undefined
  email?: string | null | undefined
  name?: string | null | undefined
  phone?: string | null | undefined
}

type Address = NonNullable<PaymentMethod['billing_details']['address']>

/** The payment method with this id. `pm_card_visa` and its like name no one of them: each use makes a new one. */
export function findPaymentMethod(id: string, ctx: Context, param?: string): PaymentMethod {
  const known = ctx.state.paymentMethods.get(id)
  if (known) return known
  const number = id.startsWith('pm_card_') ? numberNamed(id) : null
  if (number === null) throw noSuch('PaymentMethod', id, param)
  return createCard(readyMade(number, ctx.now), {}, ctx)
}

/** Keeps the card as a payment method that belongs to nobody yet. */
export function createCard(
  { number, expMonth, expYear, cvcGiven }: CardDetails,
  holder: Holder,
  ctx: Context,
): PaymentMethod {
  const { brand, funding } = behaviourOf(number)
  const method: PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      ...withHolder({ address: null, email: null, name: null, phone: null, tax_id: null }, holder),
    },
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: cvcGiven ? 'pass' : null },
      country: 'US',
      display_brand: brand,
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint: createHash('sha256').update(number).digest('hex').slice(0, 16),
      funding,
      generated_from: null,
      last4: number.slice(-4),
      networks: { available: [brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: ctx.now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  ctx.state.paymentMethods.set(method.id, method)
  ctx.state.cards.set(method.id, number)
  return method
}

export function withHolder(
  current: PaymentMethod['billing_details'],
  { address, email, name, phone }: Holder,
): PaymentMethod['billing_details'] {
  return {
    ...current,
    ...(address !== undefined && { address: address && addressOf(address) }),
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(phone !== undefined && { phone }),
  }
}

/** Refuses what could not be used: https://docs.stripe.com/api/payment_methods/attach */
export function checkUsable(method: PaymentMethod, { state }: Context): void {
  if (state.cards.has(method.id)) return
  throw invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
      'connected account without Customer attachment, or was detached from a Customer. It may not be used again. ' +
      'To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  )
}

/** Refuses what Stripe would not attach to this customer, because of whose it is or because its bank declines. */
export function checkAttachable(method: PaymentMethod, customer: string, ctx: Context): void {
  if (method.customer !== null && method.customer !== customer) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.')
  }
  if (!ctx.state.cards.has(method.id)) {
    throw invalidRequest(
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and ' +
        'may not be used again.',
    )
  }
  const { decline, refusesToBeSaved } = behaviourOf(ctx.state.cards.get(method.id) ?? '')
  if (decline && refusesToBeSaved) {
    const { code, declineCode, message, param } = decline
    throw new ApiError(402, 'card_error', message, { code, decline_code: declineCode, ...(param && { param }) })
  }
}

/** Gives it to the customer; what is theirs already stays so. */
export function attachPaymentMethod(method: PaymentMethod, customer: string, ctx: Context): void {
  if (method.customer === customer) return
  method.customer = customer
  ctx.emit('payment_method.attached', method)
}

/** Takes it from its customer for good; nothing is paid with it by default any longer. */
export function detachPaymentMethod(method: PaymentMethod, ctx: Context): void {
  const { customer: owner } = method
  method.customer = null
  ctx.state.cards.delete(method.id)
  ctx.emit('payment_method.detached', method, { customer: owner })
  forget(method, owner, ctx)
}

/** What is charged unless something else is said: the subscription's own, else the customer's. */
export function defaultMethodOf(
  customer: Customer,
  subscription: Subscription | null,
  { paymentMethods }: State,
): PaymentMethod | null {
  const own = paymentMethods.get(subscription?.default_payment_method ?? '')
  return own ?? paymentMethods.get(customer.invoice_settings.default_payment_method ?? '') ?? null
}

function forget({ id }: PaymentMethod, owner: string | null, ctx: Context): void {
  const customer = ctx.state.customers.get(owner ?? '')
  if (customer && !customer.deleted && customer.invoice_settings.default_payment_method === id) {
    const settings = { ...customer.invoice_settings, default_payment_method: null }
    const previous = applyChanges(customer, { invoice_settings: settings })
    if (previous) ctx.emit('customer.updated', customer, previous)
  }
  for (const subscription of ctx.state.subscriptions.values()) {
    if (subscription.default_payment_method !== id) continue
    const previous = applyChanges(subscription, { default_payment_method: null })
    if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  }
}

function addressOf(given: NonNullable<Holder['address']>): Address {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = given
  return { city, country, line1, line2, postal_code, state }
}
