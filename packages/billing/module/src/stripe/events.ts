import { AppError } from '@lightpress/protocol'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { fromSeconds, idOf } from './client.ts'

/** Seconds for which a signature is good. */
const TOLERANCE = 300

/** Events of these kinds say that something which we keep may have changed. */
const kinds = ['customer.subscription.', 'invoice.', 'checkout.session.']

export interface StripeEvent {
  id: string
  type: string
  createdAt: Date
  /** Whose things may have changed; null for what does not concern us. */
  customerId: string | null
}

/** Reads a webhook from its bytes. Who cannot sign with our secret, now, is refused. */
export function parseEvent(
  { body, signature }: { body: Buffer; signature: string },
  { stripe, config }: Pick<BillingContext, 'stripe' | 'config'>,
): StripeEvent {
  const event = verify()
  const { id, type, created } = event
  return { id, type, createdAt: fromSeconds(created), customerId: customerOf(event) }

  function verify(): Sdk.Event {
    try {
      return stripe.webhooks.constructEvent(body, signature, config.STRIPE_WEBHOOK_SECRET, TOLERANCE)
    } catch (cause) {
      throw new AppError('invalid', 'billing.signature_invalid', 'This was not signed by the payment provider.', {
        cause,
      })
    }
  }
}

function customerOf({ type, data }: Sdk.Event): string | null {
  if (!kinds.some((kind) => type.startsWith(kind))) return null
  const object = data.object as { customer?: string | { id: string } | null }
  return object.customer ? idOf(object.customer) : null
}
