import { AppError } from '@lightpress/protocol'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { fromSeconds, idOf } from './client.ts'

/** Seconds for which a signature is good. */
const TOLERANCE = 300

/**
 * Events that say that something which we keep may have changed; one that ends in a dot stands for all that begin so.
 * A card that was attached to a customer pays nothing yet: that it does is told of the customer or the subscription.
 */
export const kinds = [
  'checkout.session.',
  'customer.subscription.',
  'subscription_schedule.',
  'invoice.',
  'charge.refunded',
  'customer.discount.',
  'customer.updated',
  'customer.deleted',
  'payment_method.detached',
]

export interface StripeEvent {
  id: string
  type: string
  createdAt: Date
  /** Whom it is about; null where it is about nobody. */
  customerId: string | null
  /** Why it does not concern us, as far as it says that itself. */
  ignoredBecause: 'other_kind' | 'other_account' | 'other_mode' | null
  /** Whether it is about real money, and so by the time that is ours, too. */
  live: boolean
}

/** Reads a webhook from its bytes. Who cannot sign with our secret, now, is refused. */
export function parseEvent(
  { body, signature }: { body: Buffer; signature: string },
  { stripe, config }: Pick<BillingContext, 'stripe' | 'config'>,
): StripeEvent {
  return toEvent(verify(), config.STRIPE_SECRET_KEY)

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

/** `key` is the one that we ask Stripe with: it says in which mode we are. */
export function toEvent(event: Sdk.Event, key: string): StripeEvent {
  const { id, type, created, livemode: live } = event
  const ignoredBecause = reasonToIgnore(event, key)
  return { id, type, createdAt: fromSeconds(created), customerId: customerOf(event), ignoredBecause, live }
}

function reasonToIgnore({ type, account, livemode }: Sdk.Event, key: string): StripeEvent['ignoredBecause'] {
  // Of an account that is connected to ours: its customers are not ours.
  if (account) return 'other_account'
  if (livemode !== isLive(key)) return 'other_mode'
  return kinds.some((kind) => (kind.endsWith('.') ? type.startsWith(kind) : type === kind)) ? null : 'other_kind'
}

/** A key says which of Stripe's two worlds it opens: `sk_live_…` or `sk_test_…`, and `rk_…` alike. */
function isLive(key: string): boolean {
  return /^[a-z]+_live_/.test(key)
}

/** The customer themselves, whose something is, or whose it was until then. */
function customerOf({ type, data }: Sdk.Event): string | null {
  const object = data.object as { id?: unknown; customer?: unknown }
  if (type.startsWith('customer.') && type.split('.').length === 2) return textOf(object.id)
  const former = data.previous_attributes as { customer?: unknown } | undefined
  return textOf(object.customer) ?? textOf(former?.customer)
}

function textOf(reference: unknown): string | null {
  const id = typeof reference === 'object' && reference !== null ? idOf(reference as { id: string }) : reference
  return typeof id === 'string' ? id : null
}
