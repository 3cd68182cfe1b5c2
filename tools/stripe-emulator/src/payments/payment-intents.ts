import type Stripe from 'stripe'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import { newId, randomText } from '../ids.ts'
import type { PaymentIntent, PaymentMethod } from '../state/state.ts'
import type { Decline } from './test-cards.ts'
import { createCharge } from './charges.ts'

const path = '/v1/payment_intents'

export const paymentIntents: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.PaymentIntentRetrieveParams>()({}), (id, _given, { state }) => {
    const intent = state.paymentIntents.get(id)
    if (!intent) throw noSuch('payment_intent', id)
    return intent
  }),

  collection(
    ['GET', path],
    params<Stripe.PaymentIntentListParams>()({ ...paging, created, customer: text.optional() }),
    (given, { state }) => paginate([...state.paymentIntents.values()].filter(where(given, 'customer')), path, given),
  ),
]

export function createPaymentIntent(
  { amount, currency, customer }: { amount: number; currency: string; customer: string | null },
  ctx: Context,
): PaymentIntent {
  const id = newId('pi')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount,
    amount_capturable: 0,
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
    currency,
    customer,
    customer_account: null,
    description: 'Subscription creation',
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  ctx.state.paymentIntents.set(id, intent)
  ctx.emit('payment_intent.created', intent)
  return intent
}

/** Tries to take the money; the bank's answer is `decline`, or null for yes. */
export function confirmPaymentIntent(
  intent: PaymentIntent,
  { method, decline }: { method: PaymentMethod; decline: Decline | null },
  ctx: Context,
): void {
  const charge = createCharge(intent, { method, decline }, ctx)
  intent.latest_charge = charge.id
  if (decline) {
    intent.last_payment_error = {
      charge: charge.id,
      code: decline.code,
      decline_code: decline.declineCode,
      message: decline.message,
      payment_method: method,
      type: 'card_error',
    }
    ctx.emit('payment_intent.payment_failed', intent)
    return
  }
  intent.status = 'succeeded'
  intent.payment_method = method.id
  intent.amount_received = intent.amount
  intent.last_payment_error = null
  ctx.emit('payment_intent.succeeded', intent)
}
