import { identityOf, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { and, eq, sql } from 'drizzle-orm'
import { noteAddedFactor } from './added-factor.ts'
import { recordAndAlert } from './audit.ts'
import { drawSecret, stepOf, uriOf } from './authenticator.ts'
import { codeWrong } from './codes.ts'
import type { AuthContext, Ops } from './context.ts'
import { begun, take } from './limits.ts'
import { asGuess } from './lockout.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { dropRecoveryCodesOfNoFactor, drawFirstRecoveryCodes, hasRecoveryCodes } from './recovery-codes.ts'
import { revoke } from './revocations.ts'
import { totp } from './schema.ts'

/** An app that is in force stays so until the new one is confirmed: whoever stops half-way has lost nothing. */
export async function enrollTotp(
  _input: Input<Ops['enrollTotp']>,
  ctx: AuthContext,
): Promise<Output<Ops['enrollTotp']>> {
  const own = await readOwnAccount(ctx)
  const { userId, email } = own
  await take(begun, userId, ctx)
  const secret = drawSecret()
  const sealedCandidate = sealTotp(userId, secret, ctx)
  await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    await tx
      .insert(totp)
      .values({ userId, sealedCandidate })
      .onConflictDoUpdate({ target: totp.userId, set: { sealedCandidate } })
  })
  return { secret, uri: uriOf(secret, email) }
}

/** A first code shows that the app has the secret; that code is used up by it. */
export async function confirmTotp(
  input: Input<Ops['confirmTotp']>,
  ctx: AuthContext,
): Promise<Output<Ops['confirmTotp']>> {
  const own = await readOwnAccount(ctx)
  const { userId } = own
  const sealedCandidate = await readCandidate(userId, ctx)
  const lastStep = await guessCandidate(input.code, sealedCandidate, ctx)
  const drawn = await drawFirstRecoveryCodes(userId, ctx)
  const added = await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    if (drawn === null && !(await hasRecoveryCodes(tx, userId))) return null
    const confirmed = await tx
      .update(totp)
      .set({ sealedSecret: sealedCandidate, sealedCandidate: null, confirmedAt: sql`now()`, lastStep })
      .where(and(eq(totp.userId, userId), eq(totp.sealedCandidate, sealedCandidate)))
      .returning({ userId: totp.userId })
    // Confirmed or replaced by another request meanwhile.
    if (confirmed.length === 0) throw notEnrolled()
    await recordAndAlert(tx, { action: 'totp_added', userId }, ctx)
    const { recoveryCodes, revoked } = await noteAddedFactor(tx, drawn, ctx)
    await revoke(tx, revoked, ctx)
    return { recoveryCodes }
  })
  // Their last factor went meanwhile, and the codes with it: they need others now.
  return added ?? confirmTotp(input, ctx)
}

export async function disableTotp(
  _input: Input<Ops['disableTotp']>,
  ctx: AuthContext,
): Promise<Output<Ops['disableTotp']>> {
  const own = await readOwnAccount(ctx)
  await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    await removeTotp(tx, own.userId, ctx)
  })
  return { status: 'disabled' }
}

async function removeTotp(tx: Tx, userId: string, ctx: AuthContext): Promise<void> {
  const [removed] = await tx.delete(totp).where(eq(totp.userId, userId)).returning({ confirmedAt: totp.confirmedAt })
  // One that was never confirmed was no factor.
  if (!removed?.confirmedAt) return
  await recordAndAlert(tx, { action: 'totp_removed', userId }, ctx)
  await dropRecoveryCodesOfNoFactor(tx, userId)
}

async function readCandidate(userId: string, ctx: AuthContext): Promise<string> {
  const [found] = await ctx.db.select({ sealed: totp.sealedCandidate }).from(totp).where(eq(totp.userId, userId))
  if (!found?.sealed) throw notEnrolled()
  return found.sealed
}

/**
 * The time step of the code. Counted apart from guesses at the app that is in force: whoever made the candidate knows
 * its codes, and must not win back guesses at the other by them.
 */
async function guessCandidate(code: string, sealed: string, ctx: AuthContext): Promise<number> {
  const { userId, sessionId } = identityOf(ctx)
  const secret = openTotp(userId, sealed, ctx)
  const check = () => Promise.resolve(stepOf(code, secret, Date.now()))
  const step = await asGuess(check, { about: `totp-candidate ${userId}`, trusted: sessionId }, ctx)
  if (step === null) throw codeWrong('code')
  return step
}

function sealTotp(userId: string, secret: string, { vault }: AuthContext): string {
  return vault.seal('totp-secret', secret, userId)
}

/** The secret of an authenticator app, in Base32. */
export function openTotp(userId: string, sealed: string, { vault }: AuthContext): string {
  return vault.open('totp-secret', sealed, userId)
}

function notEnrolled(): AppError {
  return new AppError('conflict', 'auth.totp_not_enrolled', 'Set the authenticator app up first.')
}
