import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { invalidRequest, type ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Charge, Refund } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'

export interface NewRefund {
  /** Minor units; without it, all that is left. */
  amount?: number | undefined
  reason: Refund['reason']
  metadata: Record<string, string>
}

/**
 * Gives back what was charged, or part of it, until nothing is left: https://docs.stripe.com/refunds. What the charge
 * paid for, such as an invoice, stays paid.
 */
export function createRefund(charge: Charge, { amount, reason, metadata }: NewRefund, ctx: Context): Refund {
  const left = charge.amount_captured - charge.amount_refunded
  checkRefundable(charge, { amount, left })
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount: amount ?? left,
    balance_transaction: null,
    charge: charge.id,
    created: ctx.now,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  ctx.state.refunds.set(refund.id, refund)
  ctx.emit('refund.created', refund)
  const refunded = charge.amount_refunded + refund.amount
  const previous = applyChanges(charge, {
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
    ...(reason === 'fraudulent' && { fraud_details: { user_report: 'fraudulent' } }),
  })
  if (previous) ctx.emit('charge.refunded', charge, previous)
  return refund
}

export function nothingToRefund(intent: string | null): ApiError {
  return invalidRequest(`This PaymentIntent (${String(intent)}) does not have a successful charge to refund.`)
}

function checkRefundable(charge: Charge, { amount, left }: { amount: number | undefined; left: number }): void {
  if (charge.status !== 'succeeded') throw nothingToRefund(charge.payment_intent)
  if (amount !== undefined && amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (amount === undefined || amount <= left) return
  const money = (value: number) => formatMoney(value, charge.currency)
  throw invalidRequest(
    `Refund amount (${money(amount)}) is greater than ` +
      (charge.amount_refunded === 0 ? 'charge amount' : 'unrefunded amount on charge') +
      ` (${money(left)})`,
    { param: 'amount' },
  )
}
