import { emailChangeRequested, type EmailChange } from '@lightpress/auth-contract'
import { identityOf, newId, publish, type Tx } from '@lightpress/kernel'
import { AppError, emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { mails, take, takeForNetwork } from './limits.ts'
import { createLinkToken } from './links.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { account, emailChange } from './schema.ts'

const LIFETIME = 24 * 60 * 60 * 1000

/** Does not look whether the new address is somebody's: that shows in the mail to it, and nowhere else. */
export async function changeEmail(
  { email }: Input<Ops['changeEmail']>,
  ctx: AuthContext,
): Promise<Output<Ops['changeEmail']>> {
  await takeForNetwork(mails.network, ctx)
  const own = await readOwnAccount(ctx)
  const newEmailKey = emailKey(email)
  if (newEmailKey === own.emailKey) throw sameEmail()
  // Counted apart from the mails of sign-up: how many of those there were tells who waits to be registered.
  await take(mails.address, `email-change ${newEmailKey}`, ctx)

  const { userId, email: oldEmail } = own
  const change = {
    id: newId(),
    userId,
    oldEmail,
    newEmail: email,
    newEmailKey,
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + LIFETIME),
  }
  await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    await settleChangeOf(tx, userId)
    await tx.insert(emailChange).values(change)
    await record(tx, { action: 'email_change_requested', userId }, ctx)
    await publish(tx, emailChangeRequested, { emailChangeId: change.id })
  })
  return { change: present({ ...change, confirmedByOldAt: null, confirmedByNewAt: null }) }
}

export async function getEmailChange(
  _input: Input<Ops['getEmailChange']>,
  ctx: AuthContext,
): Promise<Output<Ops['getEmailChange']>> {
  const [change] = await ctx.db
    .select()
    .from(emailChange)
    .where(and(eq(emailChange.userId, identityOf(ctx).userId), isPending()))
  return { change: change ? present(change) : null }
}

export async function cancelEmailChange(
  _input: Input<Ops['cancelEmailChange']>,
  ctx: AuthContext,
): Promise<Output<Ops['cancelEmailChange']>> {
  const { userId } = identityOf(ctx)
  await ctx.withTx((tx) => cancelChangeOf(tx, userId, ctx))
  return { status: 'cancelled' }
}

/** To the old address in any case: whoever has it must hear of it. To the new one it says whether it can be had. */
export async function readEmailChangeMails(
  { emailChangeId }: Input<Ops['readEmailChangeMails']>,
  ctx: AuthContext,
): Promise<Output<Ops['readEmailChangeMails']>> {
  const [found] = await ctx.db
    .select({
      userId: emailChange.userId,
      oldEmail: emailChange.oldEmail,
      newEmail: emailChange.newEmail,
      takenBy: account.userId,
    })
    .from(emailChange)
    .leftJoin(account, eq(account.emailKey, emailChange.newEmailKey))
    .where(and(eq(emailChange.id, emailChangeId), isPending()))
  if (!found) return { userId: null, mails: [] }
  const { userId, oldEmail, newEmail, takenBy } = found
  const tokenOf = (side: 'old' | 'new') => createLinkToken(`email-change-${side}-token`, emailChangeId, ctx.secrets)
  return {
    userId,
    mails: [
      { email: oldEmail, purpose: 'confirm_by_old', newEmail, token: tokenOf('old') },
      takenBy
        ? { email: newEmail, purpose: 'address_taken', newEmail, token: null }
        : { email: newEmail, purpose: 'confirm_by_new', newEmail, token: tokenOf('new') },
    ],
  }
}

/** Gives up the change that a person waits for, if there is one. */
export async function cancelChangeOf(tx: Tx, userId: string, ctx: AuthContext): Promise<void> {
  if (await settleChangeOf(tx, userId)) await record(tx, { action: 'email_change_cancelled', userId }, ctx)
}

/** Says whether it could still have taken effect; one that expired makes room all the same. */
async function settleChangeOf(tx: Tx, userId: string): Promise<boolean> {
  const [settled] = await tx
    .update(emailChange)
    .set({ settledAt: sql`now()` })
    .where(and(eq(emailChange.userId, userId), isNull(emailChange.settledAt)))
    .returning({ expiresAt: emailChange.expiresAt })
  return settled !== undefined && settled.expiresAt > new Date()
}

function isPending() {
  return and(isNull(emailChange.settledAt), gt(emailChange.expiresAt, new Date()))
}

type Row = typeof emailChange.$inferSelect

function present(change: Omit<Row, 'settledAt'>): EmailChange {
  const { newEmail, confirmedByOldAt, confirmedByNewAt, createdAt, expiresAt } = change
  return {
    newEmail,
    confirmedByOld: confirmedByOldAt !== null,
    confirmedByNew: confirmedByNewAt !== null,
    requestedAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}

function sameEmail(): AppError {
  const message = 'This is the address that you have.'
  return new AppError('invalid', 'auth.same_email', message, { errors: [{ path: 'email', message }] })
}
