import { afterCommit, type Tx } from '@lightpress/kernel'
import { accessToken, revocationSignal, type Input, type Output } from '@lightpress/protocol'
import { and, asc, gt, sql } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { revocation } from './schema.ts'
import { selectPublished } from './signing-keys.ts'

/** Twice the life of a token, for clocks that differ and transactions that take their time. */
const REMEMBERED_SECONDS = 2 * accessToken.lifetimeSeconds

/** Rows of an answer: after everybody's sessions were ended there are as many as there are people. */
const PAGE = 1_000

/**
 * The access tokens of one session, those of a person that are older than a version of theirs, one API key, or all that
 * is for an organisation, until it is reopened.
 */
export type Revoked =
  | { sessionId: string }
  | { userId: string; minimumVersion: number }
  | { apiKeyId: string }
  | { organizationId: string; reopened: boolean }

/**
 * Ends access tokens before their time: tells every process after the commit, and those that miss it read the row.
 * One at a time until the commit, so that rows appear in the order of their numbers and no reader that goes on
 * from the last number it saw can miss one. Call it last in the transaction, and once.
 */
export async function revoke(tx: Tx, what: readonly Revoked[], ctx: AuthContext): Promise<void> {
  if (what.length === 0) return
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('auth.revocation', 0))`)
  await tx.insert(revocation).values([...what])
  afterCommit(tx, 'announce revocations', () => ctx.signals.emit(revocationSignal, null))
}

export async function readRevocations(
  { after }: Input<Ops['readRevocations']>,
  ctx: AuthContext,
): Promise<Output<Ops['readRevocations']>> {
  const [revocations, keys] = await Promise.all([readPage(after, ctx), selectPublished(ctx.db)])
  return {
    revocations,
    latest: revocations.at(-1)?.sequence ?? after,
    keySet: keys.map(({ kid }) => kid).join(' '),
  }
}

function readPage(after: number, { db }: AuthContext) {
  return db
    .select({
      sequence: revocation.sequence,
      sessionId: revocation.sessionId,
      userId: revocation.userId,
      minimumVersion: revocation.minimumVersion,
      apiKeyId: revocation.apiKeyId,
      organizationId: revocation.organizationId,
      reopened: revocation.reopened,
    })
    .from(revocation)
    .where(
      and(
        gt(revocation.sequence, after),
        gt(revocation.createdAt, sql`now() - ${REMEMBERED_SECONDS} * interval '1 second'`),
      ),
    )
    .orderBy(asc(revocation.sequence))
    .limit(PAGE)
}
