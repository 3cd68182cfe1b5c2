import { identityOf, type Tx } from '@lightpress/kernel'
import { AppError, type Input } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { asGuess } from './lockout.ts'
import { isOpen } from './open-sessions.ts'
import { account, session } from './schema.ts'
import { sessionEnded } from './sessions.ts'

export type Account = typeof account.$inferSelect

/** The account of whoever is signed in, for what `holdOwnAccount` must find unchanged. */
export async function readOwnAccount(ctx: AuthContext): Promise<Account> {
  const [own] = await ctx.db
    .select()
    .from(account)
    .where(eq(account.userId, identityOf(ctx).userId))
  if (!own) throw sessionEnded()
  return own
}

/**
 * The account of whoever is signed in, if they know its password as well: a session that was left open or stolen is not
 * enough. A wrong one is an error of the field `path`, and not of the session.
 */
export async function requireOwnPassword(
  { password, path }: { password: string; path: string },
  ctx: AuthContext,
): Promise<Account> {
  const { userId, sessionId } = identityOf(ctx)
  const check = async () => {
    const [own] = await ctx.db.select().from(account).where(eq(account.userId, userId))
    return own && (await ctx.passwords.matches(own.passwordHash ?? undefined, password, ctx.signal)) ? own : null
  }
  const write = async (action: 'password_check_failed' | 'password_check_locked') => {
    await ctx.withTx((tx) => record(tx, { action, userId }, ctx))
  }
  const onLocked = () => write('password_check_locked')
  const own = await asGuess(check, { about: userId, trusted: sessionId, onLocked }, ctx)
  if (own) return own
  await write('password_check_failed')
  const message = 'This is not your password.'
  throw new AppError('invalid', 'auth.password_wrong', message, { errors: [{ path, message }] })
}

/**
 * Holds the account until the transaction ends, if it is as it was when its password was proved and the session still
 * open. Whatever raised the version meanwhile (a new password, another role) took the access token that asks as well:
 * it is to be refreshed, and the request repeated.
 */
export async function holdOwnAccount(tx: Tx, proved: Pick<Account, 'sessionVersion'>, ctx: AuthContext): Promise<void> {
  const { userId, sessionId } = identityOf(ctx)
  const current = await holdAccount(tx, userId)
  // Held as well: whoever ends it does so before, or sees what was done in it.
  const [open] = await tx
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.id, sessionId), isOpen()))
    .for('no key update')
  if (current?.sessionVersion !== proved.sessionVersion || !open) throw sessionEnded()
}

/** The address of a person's account, for the modules that keep a copy or write to it. */
export async function readEmail(
  { userId }: Input<Ops['readEmail']>,
  ctx: AuthContext,
): Promise<{ email: string | null }> {
  const [found] = await ctx.db.select({ email: account.email }).from(account).where(eq(account.userId, userId))
  return { email: found?.email ?? null }
}
