import type Stripe from 'stripe'
import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { PaymentMethod } from '../state/state.ts'
import type { CardDetails } from './test-cards.ts'

const path = '/v1/payment_methods'

export const paymentMethods: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.PaymentMethodRetrieveParams>()({}), (id, _given, ctx) =>
    findPaymentMethod(id, ctx),
  ),

  collection(
    ['GET', path],
    params<Stripe.PaymentMethodListParams>()({ ...paging, customer: text.optional(), type: text.optional() }),
    (given, { state }) =>
      paginate(
        [...state.paymentMethods.values()]
          .filter(({ customer }) => customer !== null)
          .filter(where(given, 'customer', 'type')),
        path,
        given,
      ),
  ),
]

export function findPaymentMethod(id: string, ctx: Context, param?: string): PaymentMethod {
  const method = ctx.state.paymentMethods.get(id)
  if (!method) throw noSuch('PaymentMethod', id, param)
  return method
}

/** Keeps the card as a payment method that belongs to nobody yet: a card that is declined stays so. */
export function createCard(
  { number, expMonth, expYear, brand }: CardDetails,
  holder: { email: string | null; name: string | null },
  ctx: Context,
): PaymentMethod {
  const method: PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: { address: null, email: holder.email, name: holder.name, phone: null, tax_id: null },
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: brand,
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint: createHash('sha256').update(number).digest('hex').slice(0, 16),
      funding: 'credit',
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
  return method
}

export function attachPaymentMethod(method: PaymentMethod, customer: string, ctx: Context): void {
  method.customer = customer
  ctx.emit('payment_method.attached', method)
}
