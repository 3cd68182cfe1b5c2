import type { Context } from '../context.ts'
import { ownedBy } from '../state/owners.ts'
import type { SetupIntent } from '../state/state.ts'
import { updateSubscription } from './billing.ts'

/** A subscription that has waited for this card needs to no longer, and keeps it if that was asked for. */
export function setupIntentChanged(intent: SetupIntent, ctx: Context): void {
  if (intent.status !== 'succeeded' || intent.customer === null) return
  for (const subscription of ownedBy('subscriptions', intent.customer, ctx.state)) {
    if (subscription.pending_setup_intent !== intent.id) continue
    const keeps = subscription.payment_settings?.save_default_payment_method === 'on_subscription'
    const changes = { pending_setup_intent: null, ...(keeps && { default_payment_method: intent.payment_method }) }
    updateSubscription(subscription, changes, ctx)
  }
}
