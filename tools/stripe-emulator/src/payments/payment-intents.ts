import type { Context } from '../context.ts'
import { invalidRequest, type ApiError } from '../http/errors.ts'
import { newId, randomText } from '../ids.ts'
import type { PaymentIntent, PaymentMethod } from '../state/state.ts'
import { askToCharge, cardOf, isSetUp } from './bank.ts'
import { createCharge } from './charges.ts'
import { nextAction } from './next-action.ts'
import { attachPaymentMethod } from './payment-methods.ts'
import { authenticationRequired, type Decline } from './test-cards.ts'

export interface NewPaymentIntent {
  amount: number
  currency: string
  customer: string | null
  description: string | null
  /** Whether the customer is away. One who is there sets the card up for the charges that follow. */
  offSession: boolean
  metadata?: Record<string, string> | undefined
  method?: PaymentMethod | undefined
  /** What the card is kept for, where the presence of the customer does not say it. */
  setupFutureUsage?: PaymentIntent['setup_future_usage'] | undefined
  /** What is only shown. */
  shown?: Partial<Pick<PaymentIntent, ShownField>> | undefined
}

type ShownField =
  | 'allowed_payment_method_types'
  | 'automatic_payment_methods'
  | 'capture_method'
  | 'receipt_email'
  | 'statement_descriptor_suffix'

export interface Confirmation {
  method: PaymentMethod
  offSession: boolean
  /** Where the browser goes after authentication. */
  returnUrl?: string | undefined
  /** Whether it fails rather than wait for authentication. */
  refuseAction?: boolean | undefined
}

export function createPaymentIntent(given: NewPaymentIntent, ctx: Context): PaymentIntent {
  const id = newId('pi')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: given.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: ctx.now,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    description: given.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: given.method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: given.setupFutureUsage === undefined ? usageOf(given) : given.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: given.method ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
    ...given.shown,
  }
  ctx.state.paymentIntents.set(id, intent)
  ctx.emit('payment_intent.created', intent)
  return intent
}

/**
 * Tries to take the money. Afterwards the status says how it went: `succeeded`, `requires_action` until the holder has
 * answered the bank (`authenticate`), or `requires_payment_method` with the bank's no in `last_payment_error`.
 */
export function confirmPaymentIntent(intent: PaymentIntent, confirmation: Confirmation, ctx: Context): void {
  checkConfirmable(intent)
  const { method, offSession, returnUrl, refuseAction = false } = confirmation
  const card = cardOf(method, ctx.state)
  const setUp = card.authentication === 'unless_set_up' && isSetUp(method, ctx.state)
  const answer = askToCharge(card, { offSession, setUp, authenticated: false })
  if (answer === 'approved') return succeed(intent, { method, authenticated: false }, ctx)
  if (answer !== 'authenticate') return decline(intent, { method, decline: answer }, ctx)
  if (refuseAction) return decline(intent, { method, decline: authenticationRequired }, ctx)
  intent.status = 'requires_action'
  intent.payment_method = method.id
  intent.last_payment_error = null
  intent.next_action = nextAction(intent.id, returnUrl, ctx)
  ctx.emit('payment_intent.requires_action', intent)
}

/** Goes on once the holder has proved who they are: the bank may still decline. */
export function resumePaymentIntent(intent: PaymentIntent, method: PaymentMethod, ctx: Context): void {
  intent.next_action = null
  const answer = askToCharge(cardOf(method, ctx.state), { offSession: false, setUp: false, authenticated: true })
  if (answer === 'approved') return succeed(intent, { method, authenticated: true }, ctx)
  if (answer !== 'authenticate') decline(intent, { method, decline: answer }, ctx)
}

/** The holder did not prove who they are, so no charge was tried. */
export function failAuthentication(intent: PaymentIntent, method: PaymentMethod, ctx: Context): void {
  fail(
    intent,
    {
      code: 'payment_intent_authentication_failure',
      doc_url: docUrl('payment_intent_authentication_failure'),
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
        'PaymentMethod to attempt to fulfill this PaymentIntent again.',
      payment_method: method,
      type: 'invalid_request_error',
    },
    ctx,
  )
}

export function cancelPaymentIntent(
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
  ctx: Context,
): void {
  intent.status = 'canceled'
  intent.canceled_at = ctx.now
  intent.cancellation_reason = reason
  intent.next_action = null
  ctx.emit('payment_intent.canceled', intent)
}

/** Refuses to confirm what has ended: nobody is charged twice. */
export function checkConfirmable(intent: PaymentIntent): void {
  if (intent.status !== 'succeeded' && intent.status !== 'canceled') return
  throw unexpectedState(
    intent,
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : 'You cannot confirm this PaymentIntent because it has a status of canceled.',
  )
}

export function unexpectedState(intent: PaymentIntent, message: string, param?: string): ApiError {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    ...(param !== undefined && { param }),
    payment_intent: structuredClone(intent),
  })
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`
}

/** A customer who is there agrees, by paying, to the charges that follow. */
function usageOf({ offSession }: NewPaymentIntent): PaymentIntent['setup_future_usage'] {
  return offSession ? null : 'off_session'
}

function succeed(
  intent: PaymentIntent,
  { method, authenticated }: { method: PaymentMethod; authenticated: boolean },
  ctx: Context,
): void {
  intent.payment_method = method.id
  const charge = createCharge(intent, { method, decline: null, authenticated }, ctx)
  intent.status = 'succeeded'
  intent.latest_charge = charge.id
  intent.amount_received = intent.amount
  intent.last_payment_error = null
  intent.next_action = null
  keepOrUseUp(intent, method, ctx)
  ctx.emit('payment_intent.succeeded', intent)
}

/** A payment method that is not kept for a customer is good for one payment only. */
function keepOrUseUp(
  { customer, setup_future_usage: usage }: PaymentIntent,
  method: PaymentMethod,
  ctx: Context,
): void {
  if (usage === null) useUp(method, ctx)
  else if (customer !== null) attachPaymentMethod(method, customer, ctx)
}

/** One that belongs to nobody may not be tried again. */
function useUp({ id, customer }: PaymentMethod, { state }: Context): void {
  if (customer === null) state.cards.delete(id)
}

function decline(
  intent: PaymentIntent,
  { method, decline }: { method: PaymentMethod; decline: Decline },
  ctx: Context,
): void {
  const { code, declineCode, message, param } = decline
  const asked = code !== 'authentication_required' || cardOf(method, ctx.state).authentication !== 'before_charge'
  const charge = asked ? createCharge(intent, { method, decline, authenticated: false }, ctx) : null
  if (charge) intent.latest_charge = charge.id
  useUp(method, ctx)
  fail(
    intent,
    {
      ...(charge && { charge: charge.id }),
      code,
      decline_code: declineCode,
      doc_url: docUrl(code),
      message,
      ...(param && { param }),
      payment_method: method,
      type: 'card_error',
    },
    ctx,
  )
}

function fail(intent: PaymentIntent, error: NonNullable<PaymentIntent['last_payment_error']>, ctx: Context): void {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.next_action = null
  intent.last_payment_error = structuredClone(error)
  ctx.emit('payment_intent.payment_failed', intent)
}
