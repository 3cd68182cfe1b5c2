import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { ask, isOurMistake, unlessMissing } from './client.ts'

export interface NewCheckoutSession {
  customerId: string
  priceId: string
  seats: number
  organizationId: string
  checkoutId: string
}

/** Where somebody pays: one session for a checkout, however often it is asked for. `null`: no such customer. */
export async function createCheckoutSession(
  { customerId, priceId, seats, organizationId, checkoutId }: NewCheckoutSession,
  ctx: BillingContext,
): Promise<{ id: string; url: string } | null> {
  const metadata = { organizationId, checkoutId }
  const params: Sdk.Checkout.SessionCreateParams = {
    mode: 'subscription',
    customer: customerId,
    line_items: [{ price: priceId, quantity: seats }],
    client_reference_id: organizationId,
    metadata,
    subscription_data: { metadata },
    success_url: `${ctx.publicUrl}/billing/return?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${ctx.publicUrl}/billing`,
  }
  // A key is good for one set of parameters, so what may differ between two tries is part of it.
  const idempotencyKey = `checkout-${checkoutId}-${customerId}-${priceId}`
  const session = await unlessMissing(ask(ctx, (stripe) => stripe.checkout.sessions.create(params, { idempotencyKey })))
  if (session?.url === null) throw new TypeError(`Checkout session ${session.id} has no address`)
  return session && { id: session.id, url: session.url }
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
