import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { subscription } from './schema.ts'
import { standingOf, type Heard, type Standing } from './standing.ts'

/** Before every event's: their ids are UUIDv7, which sort by time. */
const NEVER = '00000000-0000-0000-0000-000000000000'

/**
 * Remembers what an event says of an organisation's subscription. Gives how it stands now when that is another than was
 * last heard; an event that others overtook is no news, and one about seats alone is none either.
 */
export async function hearSubscription(
  tx: Tx,
  { eventId, organizationId, status, entitledPlanId = null }: Heard & { eventId: string; organizationId: string },
): Promise<Standing | null> {
  // Nothing heard is the free plan, which is active. The row is there to be locked.
  await tx.insert(subscription).values({ organizationId, status: 'active', eventId: NEVER }).onConflictDoNothing()
  const mine = eq(subscription.organizationId, organizationId)
  const [known] = await tx.select().from(subscription).where(mine).for('update')
  if (!known || known.eventId > eventId) return null
  await tx.update(subscription).set({ status, entitledPlanId, eventId }).where(mine)
  const standing = standingOf({ status, entitledPlanId })
  return standing === standingOf(known) ? null : standing
}

/**
 * Whether an event that asks for money still has something to say: not when its plan was told to be paused, which says
 * how to come back, and not when the money came in, or the subscription ended, before it was heard.
 */
export async function isStillOwed(
  tx: Tx,
  { eventId, organizationId }: { eventId: string; organizationId: string },
): Promise<boolean> {
  const [known] = await tx.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  if (!known) return true
  const standing = standingOf(known)
  return standing === 'owing' || (standing !== 'paused' && known.eventId < eventId)
}
