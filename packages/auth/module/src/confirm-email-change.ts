import { emailChanged } from '@lightpress/auth-contract'
import { publish, type Tx } from '@lightpress/kernel'
import { AppError, emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { holdAddress } from './addresses.ts'
import { record, recordAndAlert } from './audit.ts'
import { cancelRecoveryOf } from './cancel-recovery.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { links, takeForNetwork } from './limits.ts'
import { parseLinkToken, tokenInvalid } from './links.ts'
import { settleResetsOf } from './new-password.ts'
import { isReserved } from './reservations.ts'
import { account, emailChange, registration } from './schema.ts'
import { settleTicketsOf } from './tickets.ts'

type Change = typeof emailChange.$inferSelect
type Status = Output<Ops['confirmEmailChange']>['status']

/** The column that says when a side confirmed. */
const confirmedAt = { old: 'confirmedByOldAt', new: 'confirmedByNewAt' } as const
type Side = keyof typeof confirmedAt

/**
 * Either address first, on whatever device the mail is read. The same link again answers how things stand, also after
 * the change took effect.
 */
export async function confirmEmailChange(
  { token }: Input<Ops['confirmEmailChange']>,
  ctx: AuthContext,
): Promise<Output<Ops['confirmEmailChange']>> {
  await takeForNetwork(links, ctx)
  const { id, side } = parseToken(token, ctx)
  const [asked] = await ctx.db.select().from(emailChange).where(eq(emailChange.id, id))
  if (!asked) throw linkInvalid()
  const status = await ctx.withTx((tx) => confirm(tx, { asked, side }, ctx))
  if (status === 'taken') throw emailTaken()
  return { status }
}

function parseToken(token: string, { secrets }: AuthContext): { id: string; side: Side } {
  for (const side of ['old', 'new'] as const) {
    const id = parseLinkToken(`email-change-${side}-token`, token, secrets)
    if (id !== undefined) return { id, side }
  }
  throw linkInvalid()
}

/** Under three locks, always in this order: the address, the account, the change. */
async function confirm(
  tx: Tx,
  { asked, side }: { asked: Change; side: Side },
  ctx: AuthContext,
): Promise<Status | 'taken'> {
  await holdAddress(tx, asked.newEmailKey)
  const owner = await holdAccount(tx, asked.userId)
  const [change] = await tx.select().from(emailChange).where(eq(emailChange.id, asked.id)).for('update')
  if (!owner || !change) throw linkInvalid()
  const { confirmedByOldAt, confirmedByNewAt, settledAt, expiresAt } = change
  if (settledAt && confirmedByOldAt && confirmedByNewAt) return 'changed'
  if (settledAt || expiresAt <= new Date() || owner.emailKey !== emailKey(change.oldEmail)) throw linkInvalid()

  const other = side === 'old' ? 'new' : 'old'
  const isFirstTime = change[confirmedAt[side]] === null
  const isLast = isFirstTime && change[confirmedAt[other]] !== null
  // Not confirmed, so that one which is settled and confirmed by both is one that took effect.
  if (isLast && (await isSpokenFor(tx, change.newEmailKey))) {
    await update(tx, change, { settledAt: new Date() })
    return 'taken'
  }
  if (isFirstTime) {
    await update(tx, change, { [confirmedAt[side]]: new Date() })
    await record(tx, { action: 'email_change_confirmed', userId: owner.userId }, ctx)
  }
  if (!isLast) return `waiting_for_${other}`
  await takeEffect(tx, change, ctx)
  return 'changed'
}

/** Sessions stay: who is signed in is the same person. */
async function takeEffect(tx: Tx, change: Change, ctx: AuthContext): Promise<void> {
  const { userId, oldEmail, newEmail: email, newEmailKey } = change
  await update(tx, change, { settledAt: new Date() })
  await tx.update(account).set({ email, emailKey: newEmailKey }).where(eq(account.userId, userId))
  await tx
    .update(registration)
    .set({ settledAt: sql`now()` })
    .where(and(eq(registration.emailKey, newEmailKey), isNull(registration.settledAt)))
  const before = { userId, emailKey: emailKey(oldEmail) }
  await settleResetsOf(tx, before.emailKey)
  await settleTicketsOf(tx, before)
  await cancelRecoveryOf(tx, { userId }, ctx)
  await recordAndAlert(tx, { action: 'email_changed', userId, email: oldEmail }, ctx)
  await publish(tx, emailChanged, { userId })
}

/**
 * Whether the address is an account's, or about to be: a registration that users was asked to make a person for may be
 * one there already, with this address (see `reservations.ts`).
 */
async function isSpokenFor(tx: Tx, key: string): Promise<boolean> {
  const accounts = await tx.$count(account, eq(account.emailKey, key))
  const reserved = and(eq(registration.emailKey, key), isReserved())
  return accounts > 0 || (await tx.$count(registration, reserved)) > 0
}

async function update(tx: Tx, { id }: Change, set: Partial<Change>): Promise<void> {
  await tx.update(emailChange).set(set).where(eq(emailChange.id, id))
}

function linkInvalid(): AppError {
  return tokenInvalid('If you still want to change your address, ask for it again.')
}

function emailTaken(): AppError {
  return new AppError('conflict', 'auth.email_taken', 'Somebody else has this address by now.')
}
