import { causeOf, newId, type Tx } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { activity } from './schema.ts'

type Row = typeof activity.$inferInsert

/** What happened in an organisation; who did it is taken from the call unless `actorId` is said. */
export type Happened = Pick<Row, 'organizationId' | 'action'> &
  Partial<
    Pick<
      Row,
      | ('at' | 'actorId' | 'apiKeyId' | 'userId' | 'invitationId' | 'webhookEndpointId')
      | ('role' | 'formerRole' | 'name' | 'formerName')
    >
  >

/**
 * Writes a line of the organisation's activity log, or several, in the transaction of what it tells, so that there is both
 * or neither. Its time is now, not when the transaction began (`now()`): whoever waited for the organisation began before
 * what they waited for was done, and the log is to be read in the order in which things were done. `at` is said of what was
 * done elsewhere, and is only heard of now.
 */
export async function recordActivity(
  tx: Tx,
  happened: Happened | readonly Happened[],
  { caller }: UsersContext,
): Promise<void> {
  const { identity } = caller
  const lines = [happened].flat().map((line) => ({
    id: newId(),
    at: sql`clock_timestamp()`,
    actorId: identity?.userId ?? null,
    impersonatorId: identity?.impersonatorId ?? null,
    ...causeOf(tx),
    ...line,
  }))
  if (lines.length > 0) await tx.insert(activity).values(lines)
}
