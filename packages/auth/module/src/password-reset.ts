import { passwordResetRequested } from '@lightpress/auth-contract'
import { newId, publish, type RawHttp, type Tx } from '@lightpress/kernel'
import { emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { findOwner } from './address-owner.ts'
import { record, recordAndAlert } from './audit.ts'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { isBrowser, refuseOtherSites } from './cookies.ts'
import { trustedDevice, rememberDevice } from './device-cookie.ts'
import { holdAccount } from './hold-account.ts'
import { links, mails, mayMail, takeForNetwork } from './limits.ts'
import { createLinkToken, parseLinkToken, tokenInvalid } from './links.ts'
import { clearLockout } from './lockout.ts'
import { replacePassword } from './new-password.ts'
import type { Account } from './own-account.ts'
import { revoke } from './revocations.ts'
import { account, passwordReset } from './schema.ts'
import { secondFactorsOf } from './second-factors.ts'

const LIFETIME = 60 * 60 * 1000

/**
 * The same statements for every address, with a mail promised or not. The entry of the audit log is written here and
 * not when the mail is, because only here it is known from where it was asked; whose account it is about is looked up
 * for every address alike, and an entry without anybody is as long to write.
 */
export async function forgotPassword(
  { email }: Input<Ops['forgotPassword']>,
  ctx: AuthContext,
): Promise<Output<Ops['forgotPassword']>> {
  await takeForNetwork(mails.network, ctx)
  const row = { id: newId(), emailKey: emailKey(email), expiresAt: new Date(Date.now() + LIFETIME) }
  const mayWrite = await mayMail('reset', row.emailKey, ctx)
  await ctx.withTx(async (tx) => {
    const owner = await findOwner(tx, row.emailKey)
    await tx.insert(passwordReset).values(row)
    await record(tx, { action: 'password_reset_requested', userId: owner?.userId ?? null }, ctx)
    if (mayWrite) await publish(tx, passwordResetRequested, { passwordResetId: row.id })
  })
  return { status: 'mail_sent' }
}

export async function readPasswordResetMail(
  { passwordResetId }: Input<Ops['readPasswordResetMail']>,
  ctx: AuthContext,
): Promise<Output<Ops['readPasswordResetMail']>> {
  const owner = await findPending(ctx.db, passwordResetId)
  if (!owner) return { mail: null }
  const { userId, email } = owner
  return { mail: { userId, email, token: createLinkToken('password-reset-token', passwordResetId, ctx.secrets) } }
}

/**
 * Ends whatever somebody may have had who knew the old password. It does not sign in: the password is one factor of
 * perhaps two.
 */
export async function resetPassword(
  { input, request, reply }: RawHttp<Ops['resetPassword']>,
  ctx: AuthContext,
): Promise<Output<Ops['resetPassword']>> {
  refuseOtherSites(request, ctx)
  await takeForNetwork(links, ctx)
  const { token, password } = input
  const id = parseLinkToken('password-reset-token', token, ctx.secrets)
  const owner = id === undefined ? undefined : await findPending(ctx.db, id)
  if (id === undefined || !owner) throw linkInvalid()
  await requireUncommon(password, { path: 'password', about: [owner.email] })
  // Hashing is dear: only for whoever has a link that is good, and before anything is held.
  const passwordHash = await ctx.passwords.hash(password, ctx.signal)

  const { userId } = owner
  await ctx.withTx(async (tx) => {
    await holdAccount(tx, userId)
    // Looked for again under the account's lock: of several links and uses at once one is the first, for all.
    const current = await findPending(tx, id)
    if (current?.userId !== userId) throw linkInvalid()
    const { revoked } = await replacePassword(tx, current, passwordHash, ctx)
    await noteChosenByMail(tx, userId)
    await clearLockout(tx, { about: current.emailKey, trusted: trustedDevice({ request }, current, ctx) }, ctx)
    await recordAndAlert(tx, { action: 'password_reset', userId }, ctx)
    await revoke(tx, revoked, ctx)
  })
  // Now they can sign in here also while strangers keep the account locked.
  if (isBrowser(request)) rememberDevice({ request, reply }, { userId, passwordHash }, ctx)
  return { status: 'password_reset' }
}

/** Whose password a reset is for, while it waits: whoever has its address now. */
async function findPending(db: Tx | AuthContext['db'], id: string): Promise<Account | undefined> {
  const [found] = await db
    .select({ account })
    .from(passwordReset)
    .innerJoin(account, eq(account.emailKey, passwordReset.emailKey))
    .where(and(eq(passwordReset.id, id), isNull(passwordReset.settledAt), gt(passwordReset.expiresAt, new Date())))
  return found?.account
}

/** Of whoever has a second factor: where that is given up for lost, this password will not do (see `recovery-proof.ts`). */
async function noteChosenByMail(tx: Tx, userId: string): Promise<void> {
  const passwordByMail = (await secondFactorsOf(tx, userId)).length > 0
  await tx.update(account).set({ passwordByMail }).where(eq(account.userId, userId))
}

function linkInvalid() {
  return tokenInvalid('Ask for a new one.')
}
