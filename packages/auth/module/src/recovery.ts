import { recoveryRequested, type Recovery } from '@lightpress/auth-contract'
import { newId, publish, type RawHttp, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { refuseOtherSites } from './cookies.ts'
import { mails, recoveries, take, takeForNetwork } from './limits.ts'
import { createLinkToken } from './links.ts'
import { findRecoverer, holdRecoverer } from './recovery-proof.ts'
import { account, recovery } from './schema.ts'

/** In hours. */
const DAY = 24
/** So long whoever still has a factor can find out and stop it. */
const WAIT = 3 * DAY
/** And so long after that it can be completed. */
const OPEN = 7 * DAY

type Row = typeof recovery.$inferSelect

/**
 * The way back of whoever lost every second factor and the recovery codes: see
 * `docs/decisions/0011-losing-every-factor.md`. Uses the challenge up no more than looking for the codes does. Again
 * while one waits it answers that one: neither does it begin anew, nor are there other mails.
 */
export async function requestRecovery(
  { input, request }: RawHttp<Ops['requestRecovery']>,
  ctx: AuthContext,
): Promise<Output<Ops['requestRecovery']>> {
  refuseOtherSites(request, ctx)
  await takeForNetwork(mails.network, ctx)
  const asking = await findRecoverer(input.challenge, { request }, ctx)
  const { userId } = asking.account
  if (!(await findWaiting(ctx.db, userId))) await take(recoveries, userId, ctx)
  return ctx.withTx(async (tx) => {
    await holdRecoverer(tx, asking)
    return present((await findWaiting(tx, userId)) ?? (await begin(tx, userId, ctx)))
  })
}

/** What can be said of it now: a mail that was delayed says no more what was true when it was promised. */
export async function readRecoveryMail(
  { recoveryId }: Input<Ops['readRecoveryMail']>,
  ctx: AuthContext,
): Promise<Output<Ops['readRecoveryMail']>> {
  const [found] = await ctx.db
    .select({ recovery, email: account.email })
    .from(recovery)
    .innerJoin(account, eq(account.userId, recovery.userId))
    .where(and(eq(recovery.id, recoveryId), isWaiting()))
  if (!found) return { mail: null }
  const { userId, announcedAt, ...row } = found.recovery
  const { availableAt, expiresAt } = present(row)
  const isDue = announcedAt !== null
  const mail = {
    userId,
    email: found.email,
    purpose: isDue ? ('due' as const) : ('requested' as const),
    availableAt,
    expiresAt,
    cancelToken: createLinkToken('recovery-cancel-token', recoveryId, ctx.secrets),
    completeToken: isDue ? createLinkToken('recovery-complete-token', recoveryId, ctx.secrets) : null,
  }
  return { mail }
}

/** The one that a person waits for, or could complete. */
export async function findWaiting(db: Tx | AuthContext['db'], userId: string): Promise<Row | undefined> {
  const [waiting] = await db
    .select()
    .from(recovery)
    .where(and(eq(recovery.userId, userId), isWaiting()))
  return waiting
}

/** Not over; whether it can be completed is another question. */
export function isWaiting() {
  return and(isNull(recovery.settledAt), gt(recovery.expiresAt, sql`clock_timestamp()`))
}

export function present({ createdAt, availableAt, expiresAt }: Pick<Row, 'createdAt' | 'availableAt' | 'expiresAt'>) {
  return {
    requestedAt: createdAt.toISOString(),
    availableAt: availableAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  } satisfies Recovery
}

async function begin(tx: Tx, userId: string, ctx: AuthContext): Promise<Row> {
  // One that nobody completed in time makes room.
  await tx
    .update(recovery)
    .set({ settledAt: sql`now()` })
    .where(and(eq(recovery.userId, userId), isNull(recovery.settledAt)))
  // By the clock that it is judged by.
  const inHours = (hours: number) => sql`now() + ${hours} * interval '1 hour'`
  const [begun] = await tx
    .insert(recovery)
    .values({ id: newId(), userId, availableAt: inHours(WAIT), expiresAt: inHours(WAIT + OPEN) })
    .returning()
  const row = begun as Row
  await recordAndAlert(tx, { action: 'recovery_requested', userId }, ctx)
  await publish(tx, recoveryRequested, { recoveryId: row.id })
  return row
}
