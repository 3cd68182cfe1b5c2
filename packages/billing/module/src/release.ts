import { onceFor } from '@lightpress/kernel'
import { AppError, type DataItem, type Subject } from '@lightpress/protocol'
import type { BillingContext } from './context.ts'
import { findCustomer } from './customers.ts'
import { completeCustomers } from './pending-customers.ts'
import { cancelSubscription, deleteCustomer, readLive, type Live } from './stripe/endings.ts'
import { closeCheckoutSession } from './stripe/sessions.ts'

/**
 * Ends at Stripe what an organisation pays for, so that nobody is charged for what is gone: every subscription, every
 * payment page that is open, and at last the customer, in whose name nothing can be begun any more. Then it looks
 * whether that is so. With Stripe away it is `unavailable`, and goes on where it was when it is asked again.
 */
export async function release({ kind, id }: Subject, ctx: BillingContext): Promise<DataItem[]> {
  if (kind === 'person') return []
  // First what was announced, then what is known: what is announced meanwhile finds the organisation closed.
  await completeCustomers(id, ctx)
  const customerId = await findCustomer(id, ctx)
  if (customerId === undefined) return []
  const live = await readLive(customerId, ctx)
  const items = await remember(id, live, ctx)
  await end(live, ctx)
  await deleteCustomer(customerId, ctx)
  // Whoever was about to pay may have come in between. After the customer there is no in between.
  await end(await readLive(customerId, ctx), ctx)
  const left = await readLive(customerId, ctx)
  if (left.subscriptions.length + left.sessions.length > 0) throw notOver()
  return items
}

async function end({ subscriptions, sessions }: Live, ctx: BillingContext): Promise<void> {
  // First the pages, so that none of them makes another subscription.
  for (const session of sessions) await closeCheckoutSession(session, ctx)
  for (const subscription of subscriptions) await cancelSubscription(subscription, ctx)
}

/** What there was when it was asked for first: whoever asks again, because the answer was lost, is told the same. */
async function remember(organizationId: string, live: Live, ctx: BillingContext): Promise<DataItem[]> {
  const items = [
    cancelled('subscriptions', live.subscriptions.length),
    cancelled('open payment pages', live.sessions.length),
    { name: 'customer at the payment provider', count: 1, outcome: 'deleted' as const, because: null },
  ].filter(({ count }) => count > 0)
  const key = { operation: 'releaseData', caller: organizationId, key: 'first', input: null }
  return ctx.withTx((tx) => onceFor(tx, key, async () => items))
}

function cancelled(name: string, count: number): DataItem {
  return { name, count, outcome: 'cancelled', because: null }
}

function notOver(): AppError {
  return new AppError(
    'unavailable',
    'billing.provider_unavailable',
    'Something of this organisation is still open at the payment provider. It is tried again.',
    { retryAfter: 5 },
  )
}
