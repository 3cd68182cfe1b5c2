import type { Context } from '../context.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import { findCustomer } from '../customers/customers.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { createSetupIntent } from '../payments/setup-intents.ts'
import { forkFor } from '../state/fork.ts'
import type { CheckoutOrder, CheckoutSession, LineItem } from '../state/state.ts'
import type { NewSession } from './checkout-params.ts'
import { applyQuote, quote } from './checkout-quote.ts'
import { checkSession, expiryOf } from './checkout-rules.ts'
import { createLineItems, priceOf } from './line-items.ts'
import { newSession } from './new-session.ts'

/** Opens a session, and keeps what it must remember until it is complete. */
export function createSession(given: NewSession, requestCtx: Context): CheckoutSession {
  const ctx = onClockOf(given.customer ?? null, requestCtx)
  checkSession(given, ctx)
  // Prices and products that are made on the way must not stay behind if the rest is refused.
  if (given.line_items?.some((item) => item.price_data)) open(given, forkFor(given.customer ?? '', ctx))
  return open(given, ctx)
}

function open(given: NewSession, ctx: Context): CheckoutSession {
  const customer = given.customer === undefined ? null : findCustomer(given.customer, ctx, 'customer')
  const session = newSession(given, { customer, expiresAt: expiryOf(given, ctx) }, ctx)
  const order = newOrder(given, createLineItems(given.line_items ?? [], session, ctx))
  if (session.mode === 'setup') {
    const { description, metadata } = given.setup_intent_data ?? {}
    const setup = { customer: session.customer, description, metadata: mergeMetadata({}, metadata) }
    order.setupIntent = createSetupIntent(setup, ctx).id
    session.setup_intent = order.setupIntent
  } else {
    const [first] = order.lineItems
    session.currency ??= first ? priceOf(first).currency : null
    applyQuote(session, order, quote(session, order, ctx))
  }
  ctx.state.checkoutSessions.set(session.id, session)
  ctx.state.checkoutOrders.set(session.id, order)
  return session
}

function newOrder(given: NewSession, lineItems: LineItem[]): CheckoutOrder {
  const { subscription_data: data } = given
  return {
    lineItems,
    subscription: {
      metadata: mergeMetadata({}, data?.metadata),
      description: data?.description ?? null,
      trialDays: data?.trial_period_days ?? null,
      trialEnd: data?.trial_end ?? null,
      missingPaymentMethod: data?.trial_settings?.end_behavior.missing_payment_method ?? null,
      billingCycleAnchor: data?.billing_cycle_anchor ?? null,
      prorationBehavior: data?.proration_behavior ?? 'create_prorations',
    },
    savesName: given.customer_update?.name === 'auto',
    allowRedisplay: given.payment_method_data?.allow_redisplay ?? null,
    paymentIntent: null,
    setupIntent: null,
    customer: null,
    attempt: null,
  }
}
