import type { SubscriptionStatus } from '@lightpress/billing-contract'
import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { subscription } from './schema.ts'

/** Before every event's: their ids are UUIDv7, which sort by time. */
const NEVER = '00000000-0000-0000-0000-000000000000'

/**
 * Remembers what an event says of an organisation's subscription. True when its status is another than was last
 * heard; an event that others overtook is no news, and one about seats alone is none either.
 */
export async function hearSubscription(
  tx: Tx,
  { eventId, organizationId, status }: { eventId: string; organizationId: string; status: SubscriptionStatus },
): Promise<boolean> {
  // Nothing heard is the free plan, which is active. The row is there to be locked.
  await tx.insert(subscription).values({ organizationId, status: 'active', eventId: NEVER }).onConflictDoNothing()
  const mine = eq(subscription.organizationId, organizationId)
  const [known] = await tx.select().from(subscription).where(mine).for('update')
  if (!known || known.eventId > eventId) return false
  await tx.update(subscription).set({ status, eventId }).where(mine)
  return known.status !== status
}
