import { cookieNames, newId, publish, type RawHttp } from '@lightpress/kernel'
import { registrationRequested } from '@lightpress/auth-contract'
import { emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { cookieOptions } from './cookies.ts'
import { mails, takeForNetwork, tryTake } from './limits.ts'
import { createLinkToken } from './links.ts'
import { preferredLocale } from './normalise.ts'
import { account, registration } from './schema.ts'
import { hashOf, randomSecret } from './secrets.ts'

export type Registration = typeof registration.$inferSelect

const LIFETIME = 24 * 60 * 60 * 1000

/** Does not look whether the address is known: that shows in the mail, and nowhere else, not in the time either. */
export async function signUp(
  { input, request, reply }: RawHttp<Ops['signUp']>,
  ctx: AuthContext,
): Promise<Output<Ops['signUp']>> {
  const { email, password, name } = input
  await requireUncommon(password, { path: 'password', about: [email, name] })
  await takeForNetwork(mails.network, ctx)
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
  const mayWrite = await tryTake(mails.address, row.emailKey, ctx)
  await ctx.withTx(async (tx) => {
    await tx.insert(registration).values(row)
    if (mayWrite) await publish(tx, registrationRequested, { registrationId: row.id })
  })
  const { registration: cookie } = cookieNames(ctx.publicUrl)
  reply.setCookie(cookie, browserSecret, cookieOptions(ctx.publicUrl, { seconds: LIFETIME / 1000 }))
  return { status: 'verification_sent' }
}

/** For the youngest registration of the address that still waits; the answer tells nothing. */
export async function resendVerification(
  { email }: Input<Ops['resendVerification']>,
  ctx: AuthContext,
): Promise<Output<Ops['resendVerification']>> {
  await takeForNetwork(mails.network, ctx)
  const key = emailKey(email)
  const [youngest] = await ctx.db
    .select({ registrationId: registration.id })
    .from(registration)
    .where(and(eq(registration.emailKey, key), isPending()))
    .orderBy(desc(registration.createdAt), desc(registration.id))
    .limit(1)
  // Taken only for a mail that is written: asking in vain must not use up what the owner needs to sign up.
  if (youngest && (await tryTake(mails.address, key, ctx)))
    await ctx.withTx((tx) => publish(tx, registrationRequested, youngest))
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
    .where(and(eq(registration.id, registrationId), isPending()))
  if (!found) return { mail: null }
  const { registeredAs, ...mail } = found
  if (registeredAs) return { mail: { ...mail, purpose: 'already_registered', token: null } }
  const token = createLinkToken('registration-token', registrationId, ctx.secrets)
  return { mail: { ...mail, purpose: 'verify', token } }
}

export function isPending() {
  return and(isNull(registration.settledAt), gt(registration.expiresAt, new Date()))
}
