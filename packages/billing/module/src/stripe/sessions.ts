import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { promotionCodeInvalid } from '../refusals.ts'
import type { PlanItem } from './catalogue.ts'
import { keyOf } from './changes.ts'
import { ask, isOurMistake, unlessMissing } from './client.ts'

export interface NewCheckoutSession {
  checkoutId: string
  organizationId: string
  customerId: string
  items: readonly PlanItem[]
  seats: number
  minimumSeats: number
  /** Null where nothing is tried first. */
  trialDays: number | null
  /** Null where none was given: then one can be typed on the page. */
  promotionCodeId: string | null
}

/** Where somebody pays: one session for a checkout, however often it is asked for. `null`: no such customer. */
export async function createCheckoutSession(
  wanted: NewCheckoutSession,
  ctx: BillingContext,
): Promise<{ id: string; url: string } | null> {
  const params = paramsOf(wanted, ctx)
  // A key is good for one set of parameters, so what may differ between two tries is part of it: all of them.
  const idempotencyKey = keyOf('checkout', wanted.checkoutId, params)
  try {
    const created = ask(ctx, (stripe) => stripe.checkout.sessions.create(params, { idempotencyKey }))
    const session = await unlessMissing(created)
    if (session?.url === null) throw new TypeError(`Checkout session ${session.id} has no address`)
    return session && { id: session.id, url: session.url }
  } catch (error) {
    throw isOurMistake(error) && error.param?.startsWith('discounts') ? promotionCodeInvalid() : error
  }
}

function paramsOf(
  {
    checkoutId,
    organizationId,
    customerId,
    items,
    seats,
    minimumSeats,
    trialDays,
    promotionCodeId,
  }: NewCheckoutSession,
  { publicUrl }: BillingContext,
): Sdk.Checkout.SessionCreateParams {
  const metadata = { organizationId, checkoutId }
  return {
    mode: 'subscription',
    customer: customerId,
    line_items: items.map(({ priceId, meterId }) => ({ price: priceId, ...(meterId === null && { quantity: seats }) })),
    client_reference_id: organizationId,
    metadata,
    ...(promotionCodeId === null
      ? { allow_promotion_codes: true }
      : { discounts: [{ promotion_code: promotionCodeId }] }),
    // Who tries it is asked for a card when the trial ends; without one it ends there.
    ...(trialDays !== null && { payment_method_collection: 'if_required' }),
    subscription_data: {
      metadata: { ...metadata, minimumSeats: String(minimumSeats) },
      ...(trialDays !== null && {
        trial_period_days: trialDays,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      }),
    },
    success_url: `${publicUrl}/billing/return?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${publicUrl}/billing`,
  }
}

const SessionState = z.enum(['open', 'complete', 'expired'])
export type SessionState = z.output<typeof SessionState>

/** A session that Stripe does not know any more is as good as expired. */
export async function readCheckoutSession(id: string, ctx: BillingContext): Promise<SessionState> {
  const session = await unlessMissing(ask(ctx, (stripe) => stripe.checkout.sessions.retrieve(id)))
  return session ? SessionState.parse(session.status) : 'expired'
}

/** Closes a session so that nobody pays in it any more, and answers how it ended. */
export async function closeCheckoutSession(id: string, ctx: BillingContext): Promise<SessionState> {
  try {
    return SessionState.parse((await ask(ctx, (stripe) => stripe.checkout.sessions.expire(id))).status)
  } catch (error) {
    // It is not open any more.
    if (isOurMistake(error)) return readCheckoutSession(id, ctx)
    throw error
  }
}

/** Where somebody manages cards and invoices. `null`: no such customer. */
export async function createPortalSession(
  { customerId, idempotencyKey }: { customerId: string; idempotencyKey: string },
  ctx: BillingContext,
): Promise<string | null> {
  const params = { customer: customerId, return_url: `${ctx.publicUrl}/billing` }
  const session = await unlessMissing(
    ask(ctx, (stripe) => stripe.billingPortal.sessions.create(params, { idempotencyKey })),
  )
  return session && session.url
}
