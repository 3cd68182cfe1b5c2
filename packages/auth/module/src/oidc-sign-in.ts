import type { RawHttp, Tx } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { and, eq, sql } from 'drizzle-orm'
import { findOwner } from './address-owner.ts'
import { admit } from './admit.ts'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { makeAccountOf } from './oidc-account.ts'
import type { Claims } from './oidc-claims.ts'
import type { Outcome } from './oidc-pages.ts'
import type { Account } from './own-account.ts'
import { account, linkedSignIn } from './schema.ts'
import { nobodyFound, readSessionUser } from './session-user.ts'
import { challengeInvalid } from './tickets.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

/** Somebody at a provider, as the configuration calls it. */
export interface Visitor extends Claims {
  provider: string
  /** Their account was made in this visit. */
  isFirst?: boolean
}

/**
 * Lets in whoever has linked this sign-in. An account with the same address is somebody else's until its owner links it:
 * that a provider says so of an address does not make its accounts theirs (decision 0012). Where nobody has the address,
 * an account is made.
 */
export async function signInAs(who: Visitor, http: Http, ctx: AuthContext): Promise<Outcome> {
  const linked = await findLinked(who, ctx)
  // Perhaps the role changed, perhaps the password: whoever has proved the sign-in is let in by what holds now.
  if (linked) return (await letIn(linked, who, http, ctx)) ?? signInAs(who, http, ctx)
  const { email, emailVerified } = who
  if (email === null || !emailVerified) return { problem: 'email_unverified' }
  const owner = await findOwner(ctx.db, emailKey(email))
  if (owner) {
    await failed(owner.userId, ctx)
    return { problem: 'account_exists' }
  }
  const isFirst = await makeAccountOf({ ...who, email }, http, ctx)
  return signInAs({ ...who, isFirst }, http, ctx)
}

interface Linked {
  id: string
  account: Account
}

async function findLinked({ issuer, subject }: Visitor, { db }: AuthContext): Promise<Linked | undefined> {
  const [found] = await db
    .select({ id: linkedSignIn.id, account })
    .from(linkedSignIn)
    .innerJoin(account, eq(account.userId, linkedSignIn.userId))
    .where(and(eq(linkedSignIn.issuer, issuer), eq(linkedSignIn.subject, subject)))
  return found
}

/** Null where the account is not what it was when it was read. */
async function letIn({ id, account }: Linked, who: Visitor, http: Http, ctx: AuthContext): Promise<Outcome | null> {
  const { userId } = account
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) {
    await failed(userId, ctx)
    throw await nobodyFound(userId, challengeInvalid(), ctx)
  }
  const settle = async (tx: Tx) => {
    const used = await tx
      .update(linkedSignIn)
      .set({ lastUsedAt: sql`now()`, ...(who.email !== null && { email: who.email }) })
      .where(eq(linkedSignIn.id, id))
      .returning({ id: linkedSignIn.id })
    if (used.length === 0) throw challengeInvalid()
  }
  const { isFirst = false } = who
  const answer = await admit({ account, user, method: 'oidc', mode: 'cookie', isFirst, settle }, http, ctx)
  return answer === null || 'mfaRequired' in answer ? answer : 'done'
}

async function failed(userId: string, ctx: AuthContext): Promise<void> {
  await ctx.withTx((tx) => record(tx, { action: 'sign_in_failed', userId, method: 'oidc' }, ctx))
}
