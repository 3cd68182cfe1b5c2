import { newId, type RawHttp } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { makeAccount, reserveFor } from './new-account.ts'
import { preferredLocale } from './normalise.ts'
import type { Visitor } from './oidc-sign-in.ts'
import { linkedSignIn } from './schema.ts'

/** Milliseconds: longer than the request that it is for may take. */
const LIFETIME = 60_000

/**
 * Makes the account of somebody whose address a provider has verified, by way of a registration like everybody's, with
 * nothing in it that could answer its mail. Changes nothing, and answers false, where somebody else was faster with the
 * address, or the same person in another tab.
 */
export async function makeAccountOf(
  who: Visitor & { email: string },
  { request }: Pick<RawHttp, 'request'>,
  ctx: AuthContext,
): Promise<boolean> {
  const { email, provider, issuer, subject } = who
  // What stands before the @ has no more than the characters of RFC 5322's atext.
  const name = who.names[0] ?? email.slice(0, email.lastIndexOf('@')).slice(0, 100)
  const locale = preferredLocale(who.locale?.replace('_', '-') ?? request.headers['accept-language'])
  const pending = {
    ...{ id: newId(), email, emailKey: emailKey(email), name, locale, passwordHash: '', browserHash: '' },
    ...{ userId: null, createdAt: new Date(), expiresAt: new Date(Date.now() + LIFETIME), settledAt: null },
  }
  const user = await reserveFor(pending, ctx)
  if (!user) return false
  const { id: userId, organizationId } = user
  return ctx.withTx(async (tx) => {
    if (!(await makeAccount(tx, pending, userId))) return false
    await tx.insert(linkedSignIn).values({ id: newId(), userId, provider, issuer, subject, email })
    const made = { action: 'account_created', userId, actorId: userId, organizationId, sessionId: null } as const
    await record(tx, { ...made, method: 'oidc' }, ctx)
    return true
  })
}
