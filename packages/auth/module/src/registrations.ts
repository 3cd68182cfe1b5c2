import { cookieNames, newId, publish, type RawHttp } from '@lightpress/kernel'
import { registrationRequested } from '@lightpress/auth-contract'
import { emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { cookieOptions, refuseOtherSites } from './cookies.ts'
import { mails, mayMail, takeForNetwork } from './limits.ts'
import { createLinkToken } from './links.ts'
import { preferredLocale } from './normalise.ts'
import { account, registration } from './schema.ts'
import { hashOf, randomSecret } from './secrets.ts'

export type Registration = typeof registration.$inferSelect

const LIFETIME = 24 * 60 * 60 * 1000

/**
 * Does not look whether the address is known: that shows in the mail, and nowhere else, not in the time either.
 */
export async function signUp(
  { input, request, reply }: RawHttp<Ops['signUp']>,
  ctx: AuthContext,
): Promise<Output<Ops['signUp']>> {
  refuseOtherSites(request, ctx)
  const { email, password, name } = input
  await takeForNetwork(mails.network, ctx)
  await requireUncommon(password, { path: 'password', about: [email, name] })
  const browserSecret = randomSecret()
  const row = {
    id: newId(),
    email,
    emailKey: emailKey(email),
    name,
    locale: preferredLocale(request.headers['accept-language']),
    passwordHash: await ctx.passwords.hash(password, ctx.signal),
    browserHash: hashOf(browserSecret),
    expiresAt: new Date(Date.now() + LIFETIME),
  }
  // Over the limit it waits without a mail, which can be asked for again.
  const mayWrite = await mayMail('registration', row.emailKey, ctx)
  await ctx.withTx(async (tx) => {
    await tx.insert(registration).values(row)
    if (mayWrite) await publish(tx, registrationRequested, { registrationId: row.id })
  })
  const { registration: cookie } = cookieNames(ctx.publicUrl)
  reply.setCookie(cookie, browserSecret, cookieOptions(ctx.publicUrl, { seconds: LIFETIME / 1000 }))
  return { status: 'verification_sent' }
}

/**
 * For the registration of the address that this browser has, else for the youngest that still waits: a stranger who
 * keeps signing up must not have their links mailed in place of the owner's. The answer tells nothing.
 */
export async function resendVerification(
  { input, request }: RawHttp<Ops['resendVerification']>,
  ctx: AuthContext,
): Promise<Output<Ops['resendVerification']>> {
  refuseOtherSites(request, ctx)
  await takeForNetwork(mails.network, ctx)
  const key = emailKey(input.email)
  const own = eq(registration.browserHash, hashOf(request.cookies[cookieNames(ctx.publicUrl).registration] ?? ''))
  const [found] = await ctx.db
    .select({ registrationId: registration.id })
    .from(registration)
    .where(and(eq(registration.emailKey, key), awaitsMail()))
    .orderBy(sql`${own} desc`, desc(registration.createdAt), desc(registration.id))
    .limit(1)
  // Taken only for a mail that is written: asking in vain must not use up what the owner needs to sign up.
  if (found && (await mayMail('registration', key, ctx)))
    await ctx.withTx((tx) => publish(tx, registrationRequested, found))
  return { status: 'verification_sent' }
}

export async function readRegistrationMail(
  { registrationId }: Input<Ops['readRegistrationMail']>,
  ctx: AuthContext,
): Promise<Output<Ops['readRegistrationMail']>> {
  const [found] = await ctx.db
    .select({
      email: registration.email,
      locale: registration.locale,
      registeredAs: account.userId,
    })
    .from(registration)
    .leftJoin(account, eq(account.emailKey, registration.emailKey))
    .where(and(eq(registration.id, registrationId), awaitsMail()))
  if (!found) return { mail: null }
  const { registeredAs, ...mail } = found
  if (registeredAs) return { mail: { ...mail, purpose: 'already_registered', token: null } }
  const token = createLinkToken('registration-token', registrationId, ctx.secrets)
  return { mail: { ...mail, purpose: 'verify', token } }
}

/** Can be answered by a mail; not so what another provider vouches for: see `makeAccountOf`. */
export function awaitsMail() {
  return and(isPending(), ne(registration.passwordHash, ''))
}

export function isPending() {
  return and(isNull(registration.settledAt), gt(registration.expiresAt, new Date()))
}
