import { newId, secondsUntilFree, type Rate, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { webhookByHand } from './schema.ts'

type Kind = (typeof webhookByHand.$inferSelect)['kind']

const HOUR = 60 * 60

/** Of an organisation. What happens by itself has its own measure; this goes to any server on the internet, at a word. */
const rates = {
  test: { most: 60, within: HOUR },
  replay: { most: 1_000, within: HOUR },
} satisfies Record<Kind, Rate>

/**
 * Counts as much of what is `wanted` as may be sent now, one at least, and says how much that is; refuses it where there
 * may be none. Whoever asks has the organisation's turns (`lockTurns`).
 */
export async function takeByHand(
  tx: Tx,
  { organizationId, kind }: { organizationId: string; kind: Kind },
  wanted = 1,
): Promise<number> {
  const { most, within } = rates[kind]
  const which = and(eq(webhookByHand.organizationId, organizationId), eq(webhookByHand.kind, kind))
  const wait = await secondsUntilFree(tx, { table: webhookByHand, at: webhookByHand.at, which }, rates[kind])
  if (wait > 0) throw tooMany(kind, wait)
  const isRecent = gt(webhookByHand.at, sql`now() - ${within}::int * interval '1 second'`)
  const taken = Math.min(wanted, most - (await tx.$count(webhookByHand, and(which, isRecent))))
  await tx.insert(webhookByHand).values(Array.from({ length: taken }, () => ({ id: newId(), organizationId, kind })))
  return taken
}

/** None is counted for longer than an hour. */
export async function forgetByHand({ db }: Pick<NotificationsContext, 'db'>): Promise<void> {
  await db.delete(webhookByHand).where(lt(webhookByHand.at, sql`now() - ${HOUR}::int * interval '1 second'`))
}

const words: Record<Kind, string> = { test: 'tests', replay: 'replays' }

function tooMany(kind: Kind, retryAfter: number): AppError {
  const message = `Your organisation has sent ${rates[kind].most} ${words[kind]} within the last hour. Try again later.`
  return new AppError('limited', 'notifications.too_many_webhooks_by_hand', message, { retryAfter })
}
