import type { Account } from '@lightpress/billing-contract'
import { decodeCursor, identityOf, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, desc, eq, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { BillingContext, Ops } from '../context.ts'
import { convergeNow as converge } from '../converge.ts'
import { toInvoice } from '../invoices.ts'
import { compareCustomer } from '../reconcile-customer.ts'
import { accountNotFound } from '../refusals.ts'
import { customer, invoice, subscription } from '../schema.ts'
import { describeSubscriptions } from '../subscriptions.ts'
import { findEvents } from './find-events.ts'
import { namesOf } from './names.ts'

type Filter = Pick<Input<Ops['listAccounts']>, 'status' | 'planId' | 'organizationId'>

/** By the organisation's id, which grows with time: so a filter's index gives them in the order of the list. */
export async function listAccounts(
  { limit, cursor, ...filter }: Input<Ops['listAccounts']>,
  ctx: BillingContext,
): Promise<Output<Ops['listAccounts']>> {
  const [after] = decodeCursor(cursor, z.tuple([z.uuid()])) ?? []
  const rows = await findAccounts({ filter, after, limit: limit + 1 }, ctx)
  const { items, nextCursor } = pageFrom(rows, limit, ({ customer: { organizationId } }) => [organizationId])
  return { items: await describe(items, ctx), nextCursor }
}

/** How many invoices and events are shown of one. */
const LATEST = 20

export async function readAccount(
  { organizationId }: Input<Ops['readAccount']>,
  ctx: BillingContext,
): Promise<Output<Ops['readAccount']>> {
  const account = await findAccount(organizationId, ctx)
  const invoices = await ctx.db
    .select()
    .from(invoice)
    .where(eq(invoice.organizationId, organizationId))
    .orderBy(desc(invoice.createdAt), desc(invoice.id))
    .limit(LATEST)
  const events = await findEvents({ organizationId, limit: LATEST }, ctx)
  return { account, invoices: invoices.map(toInvoice), events: events.map(({ event }) => event) }
}

export async function convergeNow(
  { organizationId }: Input<Ops['convergeNow']>,
  ctx: BillingContext,
): Promise<Output<Ops['convergeNow']>> {
  await findAccount(organizationId, ctx)
  const differences = (await compareCustomer(organizationId, ctx))?.differences ?? null
  await converge(organizationId, ctx)
  const { userId: operator } = identityOf(ctx)
  ctx.log.info({ operator, organizationId, differences: differences?.length }, 'an operator had an account read again')
  return { account: await findAccount(organizationId, ctx), differences }
}

interface Row {
  customer: typeof customer.$inferSelect
  subscription: typeof subscription.$inferSelect | null
}

async function findAccount(organizationId: string, ctx: BillingContext): Promise<Account> {
  const [account] = await describe(await findAccounts({ filter: { organizationId }, limit: 1 }, ctx), ctx)
  if (!account) throw accountNotFound()
  return account
}

async function findAccounts(
  { filter, after, limit }: { filter: Filter; after?: string | undefined; limit: number },
  { db }: BillingContext,
): Promise<Row[]> {
  const { organizationId } = filter
  const isWithin = (id: PgColumn) =>
    and(
      organizationId === undefined ? undefined : eq(id, organizationId),
      after === undefined ? undefined : lt(id, after),
    )
  const found = db
    .select({ id: subscription.organizationId })
    .from(subscription)
    .where(and(isWithin(subscription.organizationId), standing(filter)))
    .orderBy(desc(subscription.organizationId))
    .limit(limit)
  const never = isNull(subscription.organizationId)
  return db
    .select({ customer, subscription })
    .from(customer)
    .leftJoin(subscription, eq(subscription.organizationId, customer.organizationId))
    .where(
      needsSubscription(filter)
        ? inArray(customer.organizationId, found)
        : and(isWithin(customer.organizationId), or(never, standing(filter))),
    )
    .orderBy(desc(customer.organizationId))
    .limit(limit)
}

/** What never subscribed is shown on the free plan and `active`. */
function needsSubscription({ status = 'active', planId = 'free' }: Filter): boolean {
  return status !== 'active' || planId !== 'free'
}

/** What is asked of a subscription. One that has ended is shown on the free plan, whatever plan it was. */
function standing({ status, planId }: Filter): SQL {
  const hasEnded = eq(subscription.status, 'canceled')
  const isOnPlan =
    planId === 'free' ? hasEnded : planId && and(eq(subscription.planId, planId), ne(subscription.status, 'canceled'))
  return and(status && eq(subscription.status, status), isOnPlan) ?? sql`true`
}

async function describe(rows: readonly Row[], ctx: BillingContext): Promise<Account[]> {
  const standings = rows.map(({ customer: { organizationId, clockAt }, subscription: row }) => ({
    organizationId,
    clockAt,
    ...(row && { row }),
  }))
  const ids = standings.map(({ organizationId }) => organizationId)
  const [names, described] = await Promise.all([namesOf(ids, ctx), describeSubscriptions(standings, ctx)])
  return described.map((subscription, at) => {
    const { organizationId, stripeCustomerId, appliedSequence, dirtySequence } = (rows[at] as Row).customer
    return {
      organizationId,
      organizationName: names.get(organizationId) ?? null,
      subscription,
      stripeCustomerId,
      behind: appliedSequence < dirtySequence,
    }
  })
}
