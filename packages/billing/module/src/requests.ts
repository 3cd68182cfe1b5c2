import { enqueue, type Tx } from '@lightpress/kernel'
import { eq, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import { customer, pendingCustomer } from './schema.ts'

// What is owed is noted and promised here, in the transaction of whoever finds that it is; a job does it later. Nobody who
// asks knows how it is done, so that a reading may ask for seats, and whoever brings seats may have a reading done.

const ofOrganization = z.object({ organizationId: z.uuid() })

/** What jobs are asked for by. `converge.ts`, `contact.ts`, `seats.ts` and `pending-customers.ts` say what they do. */
export const jobs = {
  converge: { name: 'converge', payload: ofOrganization },
  followOwners: { name: 'follow-owners', payload: ofOrganization },
  followSeats: { name: 'follow-seats', payload: ofOrganization },
  settleCustomer: { name: 'settle-customer', payload: z.object({ idempotencyKey: z.string() }) },
}

/** What was asked for is read once `appliedSequence` is as great as this `dirtySequence`. */
export type Asked = Pick<typeof customer.$inferSelect, 'organizationId' | 'dirtySequence'>

/**
 * Notes that there may be something new about customers, if they are ours, since when, and has it looked at: by one job for all
 * that is asked for until it begins. One that was promised and did not begin for ten minutes is not relied on.
 */
export async function requestConvergence(tx: Tx, whose: SQL, happenedAt: Date | null = null): Promise<Asked[]> {
  const promised = customer.readingPromisedAt
  const asked = await tx
    .update(customer)
    .set({
      ...isDirty(happenedAt),
      readingPromisedAt: sql`case when ${promised} > now() - interval '10 minutes' then ${promised} else now() end`,
    })
    .where(whose)
    .returning({ ...whatWasAsked, isNew: sql<boolean>`${promised} = now()` })
  for (const { organizationId, isNew } of asked) {
    if (isNew) await enqueue(tx, jobs.converge, { payload: { organizationId } })
  }
  return asked
}

/** The same for whoever looks at it themselves. */
export function markDirty(tx: Tx, whose: SQL): Promise<Asked[]> {
  return tx.update(customer).set(isDirty(null)).where(whose).returning(whatWasAsked)
}

const whatWasAsked = { organizationId: customer.organizationId, dirtySequence: customer.dirtySequence }

function isDirty(happenedAt: Date | null) {
  return {
    dirtySequence: sql`${customer.dirtySequence} + 1`,
    requestedAt: sql`now()`,
    ...(happenedAt && { clockAt: sql`greatest(${customer.clockAt}, ${happenedAt})` }),
  }
}

/** Has it looked at who Stripe writes to, if the organisation is a customer. */
export async function requestContact(tx: Tx, whose: SQL): Promise<void> {
  const due = await tx
    .update(customer)
    .set({ contactDueAt: sql`clock_timestamp()` })
    .where(whose)
    .returning({ organizationId: customer.organizationId })
  for (const payload of due) await enqueue(tx, jobs.followOwners, { payload })
}

/**
 * Has the seats looked at, if the organisation is a customer. While somebody is about to, that is noted for them and
 * nobody else is sent: of a hundred people who join at once, each is not a change of its own, with an invoice of its own.
 */
export async function requestSeats(tx: Tx, whose: SQL): Promise<void> {
  const isAwaited = sql<boolean>`coalesce(${customer.seatsDueAt} > clock_timestamp() - interval '10 seconds', false)`
  const was = tx
    .select({ organizationId: customer.organizationId, isAwaited: isAwaited.as('is_awaited') })
    .from(customer)
    .where(whose)
    .for('update')
    .as('was')
  // Another moment, for whoever is about to look has to see that it was said again, and hardly a later one: of somebody
  // who was sent and never came it is known after ten seconds, however often it is said.
  const dueAt = sql`case when ${was.isAwaited} then ${customer.seatsDueAt} + interval '1 microsecond' else clock_timestamp() end`
  const due = await tx
    .update(customer)
    .set({ seatsDueAt: dueAt })
    .from(was)
    .where(eq(customer.organizationId, was.organizationId))
    .returning({ organizationId: customer.organizationId, isAwaited: was.isAwaited })
  for (const { organizationId, isAwaited } of due) {
    if (!isAwaited) await enqueue(tx, jobs.followSeats, { payload: { organizationId } })
  }
}

/** Has customers settled that were announced: made at Stripe, and put in their place or deleted. */
export async function requestSettling(tx: Tx, which: SQL): Promise<void> {
  const found = await tx
    .update(pendingCustomer)
    .set({ requestedAt: sql`now()` })
    .where(which)
    .returning({ idempotencyKey: pendingCustomer.idempotencyKey })
  for (const payload of found) await enqueue(tx, jobs.settleCustomer, { payload })
}
