import { createHash } from 'node:crypto'
import { callerIdOf, newId, organizationOf } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { BillingContext, Ops } from './context.ts'
import { findCustomer } from './customers.ts'
import { noCustomer } from './refusals.ts'
import { payByDefaultCard } from './stripe/plan-card.ts'
import { createPortalSession } from './stripe/sessions.ts'

/** Leads to Stripe's pages for cards, invoices and cancelling. The card that is made the default there is the one that pays. */
export async function openPortal(
  _input: Input<Ops['openPortal']>,
  ctx: BillingContext,
): Promise<Output<Ops['openPortal']>> {
  const organizationId = organizationOf(ctx)
  const customerId = await findCustomer(organizationId, ctx)
  if (customerId === undefined) throw noCustomer()
  await payByDefaultCard(customerId, ctx)
  const url = await createPortalSession({ customerId, idempotencyKey: keyFor(customerId, ctx) }, ctx)
  if (url === null) throw noCustomer()
  return { url }
}

/** The caller's own key, told apart from everybody else's. */
function keyFor(customerId: string, ctx: BillingContext): string {
  const { idempotencyKey } = ctx.request
  if (idempotencyKey === null) return `portal-${newId()}`
  const parts = JSON.stringify([customerId, callerIdOf(ctx), idempotencyKey])
  return `portal-${createHash('sha256').update(parts).digest('base64url')}`
}
