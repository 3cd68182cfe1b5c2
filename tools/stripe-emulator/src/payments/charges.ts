import type Stripe from 'stripe'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Charge, PaymentIntent, PaymentMethod } from '../state/state.ts'
import type { Decline } from './test-cards.ts'

const path = '/v1/charges'

export const charges: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.ChargeRetrieveParams>()({}), (id, _given, { state }) => {
    const charge = state.charges.get(id)
    if (!charge) throw noSuch('charge', id)
    return charge
  }),

  collection(
    ['GET', path],
    params<Stripe.ChargeListParams>()({
      ...paging,
      created,
      customer: text.optional(),
      payment_intent: text.optional(),
    }),
    (given, { state }) =>
      paginate([...state.charges.values()].filter(where(given, 'customer', 'payment_intent')), path, given),
  ),
]

/** One attempt to take the money of a payment intent. */
export function createCharge(
  intent: PaymentIntent,
  { method, decline }: { method: PaymentMethod; decline: Decline | null },
  ctx: Context,
): Charge {
  const charge: Charge = {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: null,
    captured: !decline,
    created: ctx.now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: decline ? 'declined_by_network' : 'approved_by_network',
      reason: decline?.declineCode ?? null,
      risk_level: 'normal',
      seller_message: decline ? 'The bank did not approve the payment.' : 'Payment complete.',
      type: decline ? 'issuer_declined' : 'authorized',
    },
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(method, intent.amount),
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
  ctx.state.charges.set(charge.id, charge)
  ctx.emit(decline ? 'charge.failed' : 'charge.succeeded', charge)
  return charge
}

function cardDetails({ card, type }: PaymentMethod, amount: number): Charge['payment_method_details'] {
  if (!card) return { type }
  return {
    type,
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand: card.brand,
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: card.brand,
      network_transaction_id: null,
      regulated_status: card.regulated_status,
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}
