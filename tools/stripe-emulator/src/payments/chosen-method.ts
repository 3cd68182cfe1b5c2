import type { Context } from '../context.ts'
import { invalidRequest, type ErrorDetails } from '../http/errors.ts'
import type { PaymentIntent, PaymentMethod, SetupIntent } from '../state/state.ts'
import { checkUsable, findPaymentMethod } from './payment-methods.ts'

/** What a payment method is chosen for: an intent of this customer, which has its own object once it exists. */
export interface Purpose {
  object: 'payment_intent' | 'setup_intent'
  customer: string | null
  intent?: PaymentIntent | SetupIntent | undefined
}

/** The payment method that a caller chose, if it may be used for that. */
export function methodFor(id: string, purpose: Purpose, ctx: Context): PaymentMethod {
  const method = findPaymentMethod(id, ctx, 'payment_method')
  checkUsable(method, ctx)
  if (method.customer === null || method.customer === purpose.customer) return method
  const { message, ...details } =
    purpose.customer === null ? unnamedOwner(method, purpose) : otherOwner(method, purpose)
  throw invalidRequest(message, {
    ...details,
    ...(purpose.intent && { [purpose.object]: structuredClone(purpose.intent) }),
  })
}

type Refusal = ErrorDetails & { message: string }

function otherOwner({ id }: PaymentMethod, { customer }: Purpose): Refusal {
  return {
    message:
      `The PaymentMethod ${id} does not belong to the Customer you supplied ${String(customer)}. Please use this ` +
      'PaymentMethod with the Customer that it belongs to instead.',
    param: 'payment_method',
  }
}

/** Stripe says it in two ways, and the older one still speaks of sources. */
function unnamedOwner({ id, customer }: PaymentMethod, { object }: Purpose): Refusal {
  const please = 'Please include the Customer in the `customer` parameter on the'
  return object === 'payment_intent'
    ? {
        message: `The \`payment_method\` parameter supplied ${id} belongs to the Customer ${String(customer)}. ${please} PaymentIntent.`,
        code: 'parameter_missing',
        param: 'source',
      }
    : {
        message: `The payment method supplied (${id}) belongs to the Customer ${String(customer)}. ${please} SetupIntent.`,
        param: 'payment_method',
      }
}
