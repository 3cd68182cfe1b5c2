import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { Charge, PaymentIntent, PaymentMethod } from '../state/state.ts'
import type { Decline } from './test-cards.ts'

/**
 * One attempt to take the money of a payment intent. What the intent says of itself is copied as it is now: later
 * changes do not follow. https://support.stripe.com/questions/how-metadata-works-with-related-objects
 */
export function createCharge(
  intent: PaymentIntent,
  { method, decline, authenticated }: { method: PaymentMethod; decline: Decline | null; authenticated: boolean },
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
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(method, { amount: intent.amount, authenticated }),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
  ctx.state.charges.set(charge.id, charge)
  ctx.emit(decline ? 'charge.failed' : 'charge.succeeded', charge)
  return charge
}

/** https://docs.stripe.com/declines/codes */
function outcomeOf(decline: Decline | null): Charge['outcome'] {
  const reason = decline?.declineCode ?? null
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason,
    risk_level: 'normal',
    seller_message: sellerMessage(reason),
    type: decline ? 'issuer_declined' : 'authorized',
  }
}

function sellerMessage(reason: string | null): string {
  if (reason === null) return 'Payment complete.'
  if (reason === 'generic_decline') return 'The bank did not return any further details with this decline.'
  return `The bank returned the decline code \`${reason}\`.`
}

function cardDetails(
  { card, type }: PaymentMethod,
  { amount, authenticated }: { amount: number; authenticated: boolean },
): Charge['payment_method_details'] {
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
      three_d_secure: authenticated ? threeDSecure : null,
      transaction_link_id: null,
      wallet: null,
    },
  }
}

/** A challenge that was answered: https://docs.stripe.com/api/charges/object */
const threeDSecure: NonNullable<NonNullable<Charge['payment_method_details']>['card']>['three_d_secure'] = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
}
