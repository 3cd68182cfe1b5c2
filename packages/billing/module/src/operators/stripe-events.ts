import { decodeCursor, identityOf, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext, Ops } from '../context.ts'
import { eventNotFound } from '../refusals.ts'
import { requestConvergence } from '../requests.ts'
import { customer, stripeEvent } from '../schema.ts'
import { findEvents } from './find-events.ts'

/** When it was received, to the microsecond, and its id. */
const Key = z.tuple([z.iso.datetime(), z.string()])

export async function listStripeEvents(
  { limit, cursor, ...filter }: Input<Ops['listStripeEvents']>,
  ctx: BillingContext,
): Promise<Output<Ops['listStripeEvents']>> {
  const before = decodeCursor(cursor, Key)
  const rows = await findEvents({ ...filter, before, limit: limit + 1 }, ctx)
  const { items, nextCursor } = pageFrom(rows, limit, ({ key }) => key)
  return { items: items.map(({ event }) => event), nextCursor }
}

/** Of an event that came before its customer was known, that is looked up again. */
export async function replayStripeEvent(
  { id }: Input<Ops['replayStripeEvent']>,
  ctx: BillingContext,
): Promise<Output<Ops['replayStripeEvent']>> {
  await ctx.withTx(async (tx) => {
    const [event] = await tx.select().from(stripeEvent).where(eq(stripeEvent.id, id))
    if (!event) throw eventNotFound()
    const concernsUs = event.ignoredBecause === null || event.ignoredBecause === 'unknown_customer'
    if (event.stripeCustomerId === null || !concernsUs) return
    const [asked] = await requestConvergence(tx, eq(customer.stripeCustomerId, event.stripeCustomerId))
    if (!asked) return
    await tx
      .update(stripeEvent)
      .set({ sequence: asked.dirtySequence, ignoredBecause: null })
      .where(eq(stripeEvent.id, id))
  })
  ctx.log.info({ operator: identityOf(ctx).userId, event: id }, 'an operator had an event read again')
  const [replayed] = await findEvents({ id, limit: 1 }, ctx)
  if (!replayed) throw eventNotFound()
  return { event: replayed.event }
}
