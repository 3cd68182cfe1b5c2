import { checkoutIntentChanged } from '../checkout/checkout-completion.ts'
import type { Context } from '../context.ts'
import { intentChanged } from '../invoices/collection.ts'
import type { PaymentIntent, SetupIntent } from '../state/state.ts'
import { setupIntentChanged } from '../subscriptions/pending-setup.ts'

/** Tells whoever waits for this intent that it was confirmed, answered or cancelled: its invoice or subscription, and its checkout. */
export function tellOfIntent(intent: PaymentIntent | SetupIntent, ctx: Context): void {
  if (intent.object === 'payment_intent') intentChanged(intent, ctx)
  else setupIntentChanged(intent, ctx)
  checkoutIntentChanged(intent, ctx)
}
