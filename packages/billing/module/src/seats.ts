import { defineJob } from '@lightpress/kernel'
import { isAppError } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { convergeNow } from './converge.ts'
import { isSubscribed } from './current-subscription.ts'
import { jobs } from './requests.ts'
import { customer, subscription } from './schema.ts'
import { readPaidSeats, seatsDiffer, writeSeats } from './stripe/seats.ts'

/** In a row; whoever needs more of them has a pause first, as the job is tried again. */
const MOST_ROUNDS = 30

/** Has as many seats paid for as there are members: no request of theirs waits for that. */
export const followSeats = defineJob(
  jobs.followSeats.name,
  jobs.followSeats.payload,
  ({ organizationId }, ctx: BillingContext) => bringSeats(organizationId, ctx),
)

/**
 * Where it is due, has Stripe charge a seat for each member, and never fewer than were asked for. Members and seats are
 * read again after that, until they agree and nobody said meanwhile that they may not: whoever writes last has then seen
 * the latest. Repeated after a lost answer it finds what was done, or asks for it under the same key.
 */
export async function bringSeats(organizationId: string, ctx: BillingContext): Promise<void> {
  let changed = false
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const step = ctx.nextStep()
    const due = await findDue(organizationId, step)
    if (!due) return changed ? convergeNow(organizationId, step) : undefined
    if (await bringOnce(due, step)) changed = true
    else await settle(due, step)
  }
  throw new Error(`The seats of ${organizationId} do not come to rest`)
}

/** How many are in an organisation; undefined of one that is closed: its release ends what it pays for. */
export async function countMembers(organizationId: string, { calls }: BillingContext): Promise<number | undefined> {
  try {
    return (await calls.users.countMembers({ organizationId })).members
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return undefined
    throw error
  }
}

type Due = NonNullable<Awaited<ReturnType<typeof findDue>>>

async function findDue(organizationId: string, { db }: BillingContext) {
  const [found] = await db
    .select({
      organizationId: customer.organizationId,
      seatsDueAt: customer.seatsDueAt,
      subscriptionId: subscription.stripeSubscriptionId,
      status: subscription.status,
    })
    .from(customer)
    .leftJoin(subscription, eq(subscription.organizationId, customer.organizationId))
    .where(eq(customer.organizationId, organizationId))
  return found?.seatsDueAt ? { ...found, seatsDueAt: found.seatsDueAt } : undefined
}

/** Whether Stripe was told of other seats. Of a subscription that is only beginning we are told when it has begun. */
async function bringOnce(
  { organizationId, subscriptionId, status, seatsDueAt }: Due,
  ctx: BillingContext,
): Promise<boolean> {
  if (subscriptionId === null || status === null || !isSubscribed(status)) return false
  const members = await countMembers(organizationId, ctx)
  const paid = members === undefined ? undefined : await readPaidSeats(subscriptionId, ctx)
  if (members === undefined || !paid || !seatsDiffer(paid, members)) return false
  await writeSeats(paid, { members, because: seatsDueAt }, ctx)
  return true
}

/** Nothing is due any more, unless it was said again meanwhile. */
async function settle({ organizationId, seatsDueAt }: Due, { db }: BillingContext): Promise<void> {
  const mine = and(eq(customer.organizationId, organizationId), eq(customer.seatsDueAt, seatsDueAt))
  await db.update(customer).set({ seatsDueAt: null }).where(mine)
}
