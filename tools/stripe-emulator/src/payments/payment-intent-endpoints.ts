import type Stripe from 'stripe'
import { z } from 'zod'
import { smallestCharge } from '../arithmetic/smallest-charge.ts'
import { formatMoney } from '../arithmetic/money.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer, isLive } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { ApiError, invalidRequest, noSuch, notCovered } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, paging, params, text } from '../http/params.ts'
import type { PaymentIntent } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { methodFor } from './chosen-method.ts'
import { tellOfIntent } from './intent-changed.ts'
import { confirmParams, createParams, updateParams } from './payment-intent-params.ts'
import {
  cancelPaymentIntent,
  checkConfirmable,
  confirmPaymentIntent,
  createPaymentIntent,
  unexpectedState,
} from './payment-intents.ts'

const path = '/v1/payment_intents'

type Confirming = Partial<z.output<typeof confirmParams>>

export const paymentIntents: Endpoint[] = [
  collection(['POST', path], createParams, create),

  member(['GET', `${path}/:id`], params<Stripe.PaymentIntentRetrieveParams>()({}), (id, _given, ctx) =>
    findPaymentIntent(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, update),

  member(['POST', `${path}/:id/confirm`], confirmParams, (id, given, requestCtx) => {
    const intent = findPaymentIntent(id, requestCtx)
    const ctx = onClockOf(intent.customer, requestCtx)
    checkConfirmable(intent)
    return confirm(intent, given, ctx)
  }),

  member(
    ['POST', `${path}/:id/cancel`],
    params<Stripe.PaymentIntentCancelParams>()({
      cancellation_reason: z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    }),
    (id, { cancellation_reason: reason = null }, requestCtx) => {
      const intent = findPaymentIntent(id, requestCtx)
      const ctx = onClockOf(intent.customer, requestCtx)
      if (intent.status === 'succeeded' || intent.status === 'canceled') {
        throw unexpectedState(
          intent,
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with ` +
            'one of the following statuses may be canceled: requires_payment_method, requires_capture, ' +
            'requires_reauthorization, requires_confirmation, requires_action, expired, processing.',
        )
      }
      cancelPaymentIntent(intent, reason, ctx)
      tellOfIntent(intent, ctx)
      return intent
    },
  ),

  collection(
    ['GET', path],
    params<Stripe.PaymentIntentListParams>()({ ...paging, created, customer: text.optional() }),
    (given, { state }) => paginate(state.paymentIntents.matching(where(given, 'customer')), path, given),
  ),
]

export function findPaymentIntent(id: string, { state }: Context, param?: string): PaymentIntent {
  const intent = state.paymentIntents.get(id)
  if (intent) return intent
  if (param !== undefined) throw noSuch('payment_intent', id, param)
  // Stripe names the placeholder in the path.
  throw new ApiError(404, 'invalid_request_error', `No such payment_intent: '${id}'`, {
    code: 'resource_missing',
    param: 'intent',
  })
}

function create(given: z.output<typeof createParams>, requestCtx: Context): PaymentIntent {
  const { confirm: confirmsNow = false, customer = null, currency } = given
  if (given.capture_method === 'manual') throw notCovered('capture_method=manual', 'capture_method')
  if (given.confirmation_method === 'manual') throw notCovered('confirmation_method=manual', 'confirmation_method')
  checkAmount(given.amount, currency)
  if (!confirmsNow) refuseBeforeConfirmation(given)
  if (customer !== null) findCustomer(customer, requestCtx, 'customer')
  const ctx = onClockOf(customer, requestCtx)
  const chosen = given.payment_method ?? (confirmsNow ? defaultOf(customer, ctx) : undefined)
  if (confirmsNow && chosen === undefined) throw missingMethod(customer)
  const method = chosen === undefined ? undefined : methodFor(chosen, { object: 'payment_intent', customer }, ctx)
  const { enabled = true, allow_redirects: redirects = 'always' } = given.automatic_payment_methods ?? {}
  const intent = createPaymentIntent(
    {
      amount: given.amount,
      currency,
      customer,
      description: given.description ?? null,
      offSession: given.off_session ?? false,
      metadata: mergeMetadata({}, given.metadata),
      method,
      setupFutureUsage: given.setup_future_usage ?? null,
      shown: {
        allowed_payment_method_types: given.allowed_payment_method_types ?? null,
        automatic_payment_methods: { allow_redirects: redirects, enabled },
        capture_method: given.capture_method ?? 'automatic_async',
        receipt_email: given.receipt_email ?? null,
        statement_descriptor_suffix: given.statement_descriptor_suffix ?? null,
      },
    },
    ctx,
  )
  return confirmsNow ? confirm(intent, { ...given, payment_method: method?.id }, ctx) : intent
}

function update(id: string, given: z.output<typeof updateParams>, requestCtx: Context): PaymentIntent {
  const intent = findPaymentIntent(id, requestCtx)
  const { amount: newAmount = intent.amount, currency = intent.currency, customer = intent.customer } = given
  checkChangeable(intent, given, requestCtx)
  checkAmount(newAmount, currency)
  if (given.customer !== undefined) findCustomer(given.customer, requestCtx, 'customer')
  const ctx = onClockOf(customer, requestCtx)
  const purpose = { object: 'payment_intent', customer, intent } as const
  const chosen = given.payment_method === undefined ? null : methodFor(given.payment_method, purpose, ctx)
  applyChanges(intent, {
    amount: newAmount,
    currency,
    customer,
    description: given.description,
    metadata: mergeMetadata(intent.metadata, given.metadata),
    receipt_email: given.receipt_email,
    setup_future_usage: given.setup_future_usage,
    statement_descriptor_suffix: given.statement_descriptor_suffix,
    ...(chosen && { payment_method: chosen.id, status: 'requires_confirmation', next_action: null }),
  })
  return intent
}

/** Confirms as asked; a payment that fails is an error that carries it. */
function confirm(intent: PaymentIntent, given: Confirming, ctx: Context): PaymentIntent {
  const { customer } = intent
  if (customer !== null) findCustomer(customer, ctx, 'customer')
  const chosen = given.payment_method ?? intent.payment_method ?? defaultOf(customer, ctx)
  if (chosen === undefined) throw missingMethod(customer, intent)
  const method = methodFor(chosen, { object: 'payment_intent', customer, intent }, ctx)
  if (given.setup_future_usage !== undefined) intent.setup_future_usage = given.setup_future_usage
  if (given.receipt_email !== undefined) intent.receipt_email = given.receipt_email
  confirmPaymentIntent(
    intent,
    {
      method,
      offSession: given.off_session ?? false,
      returnUrl: given.use_stripe_sdk ? undefined : given.return_url,
      refuseAction: given.error_on_requires_action,
    },
    ctx,
  )
  tellOfIntent(intent, ctx)
  const { last_payment_error: error } = intent
  if (error) throw paymentError(intent, error)
  return intent
}

/** https://docs.stripe.com/error-handling#payment-errors: "If there's a PaymentIntent, it's in the error." */
function paymentError(intent: PaymentIntent, error: NonNullable<PaymentIntent['last_payment_error']>): ApiError {
  const { charge, code, decline_code, message = '', param, payment_method } = error
  return new ApiError(402, 'card_error', message, {
    ...(code !== undefined && { code }),
    ...(decline_code !== undefined && { decline_code }),
    ...(charge !== undefined && { charge }),
    ...(param !== undefined && { param }),
    payment_intent: structuredClone(intent),
    ...(payment_method && { payment_method }),
  })
}

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
function checkAmount(given: number, currency: string): void {
  if (given === 0) {
    throw invalidRequest(
      'The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency ' +
        'set. If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent ' +
        'instead: https://stripe.com/docs/payments/save-and-reuse',
      { code: 'parameter_invalid_integer', param: 'amount' },
    )
  }
  const least = smallestCharge(currency)
  if (given >= least) return
  throw invalidRequest(`Amount must be at least ${formatMoney(least, currency)} ${currency}`, {
    code: 'amount_too_small',
    param: 'amount',
  })
}

/** What says how to confirm has no meaning without it. */
function refuseBeforeConfirmation(given: z.output<typeof createParams>): void {
  for (const name of ['error_on_requires_action', 'off_session', 'return_url'] as const) {
    if (given[name] === undefined) continue
    throw invalidRequest(`The parameter ${name} can only be passed if confirm is true.`, { param: name })
  }
}

function checkChangeable(intent: PaymentIntent, given: z.output<typeof updateParams>, { state }: Context): void {
  const essential = (['amount', 'currency', 'customer', 'payment_method', 'setup_future_usage'] as const).find(
    (name) => given[name] !== undefined,
  )
  if (essential === undefined) return
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedState(
      intent,
      `This PaymentIntent's ${essential} could not be updated because it has a status of ${intent.status}. You may only ` +
        `update the ${essential} of a PaymentIntent with one of the following statuses: requires_payment_method, ` +
        'requires_confirmation, requires_action.',
      essential,
    )
  }
  if (essential === 'payment_method' || essential === 'setup_future_usage') return
  for (const { payment } of state.invoicePayments.values()) {
    if (payment.payment_intent !== intent.id) continue
    throw invalidRequest(`The ${essential} of a PaymentIntent that belongs to an invoice cannot be updated.`, {
      param: essential,
    })
  }
}

/** What the customer pays with if nothing else is said. */
function defaultOf(customer: string | null, { state }: Context): string | undefined {
  const found = state.customers.get(customer ?? '')
  return found && isLive(found) ? (found.invoice_settings.default_payment_method ?? undefined) : undefined
}

function missingMethod(customer: string | null, intent?: PaymentIntent): ApiError {
  const message =
    "You cannot confirm this PaymentIntent because it's missing a payment method. " +
    (customer === null
      ? 'You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again ' +
        'directly with a payment method or ConfirmationToken.'
      : `To confirm the PaymentIntent with ${customer}, specify a payment method attached to this customer along with ` +
        'the customer ID.')
  return intent
    ? unexpectedState(intent, message)
    : invalidRequest(message, { code: 'payment_intent_unexpected_state' })
}
