import { cookieNames, equalInConstantTime, requireSameOrigin, type RawHttp } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { beginAccount, welcome } from './first-session.ts'
import { links, takeForNetwork } from './limits.ts'
import { parseLinkToken, tokenInvalid } from './links.ts'
import { asGuess } from './lockout.ts'
import { reserveUser } from './new-account.ts'
import { awaitsMail, type Registration } from './registrations.ts'
import { registration } from './schema.ts'
import { hashOf } from './secrets.ts'
import { readSessionUser, suspended } from './session-user.ts'

type Http = RawHttp<Ops['verifyEmail']>

/**
 * Makes the account: first the person in users, under an id that is fixed before, then the account here. Whatever
 * ends in between, the next try goes on with the same id, so there is one account or none. The link works once;
 * who follows it again is sent to sign in, because by then it proves no more than that somebody reads the mail.
 */
export async function verifyEmail(http: Http, ctx: AuthContext): Promise<Output<Ops['verifyEmail']>> {
  const { input } = http
  await takeForNetwork(links, ctx)
  const pending = await findPending(input.token, ctx)
  await requireTheirOwnChoice(pending, http, ctx)

  const userId = await ctx.withTx((tx) => reserveUser(tx, pending))
  if (userId === null) throw linkInvalid()
  const { email, name, locale } = pending
  await ctx.calls.users.createUser({ userId, email, name, locale })
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  // An earlier try may have made the person long ago.
  if (!user) throw suspended()

  const { organizationId } = user
  const { mode } = input
  const begun = await beginAccount({ pending, userId, organizationId, mode }, http, ctx)
  if (!begun) throw linkInvalid()
  return welcome({ ...begun, user }, http, ctx)
}

async function findPending(token: string, ctx: AuthContext): Promise<Registration> {
  const id = parseLinkToken('registration-token', token, ctx.secrets)
  if (id === undefined) throw linkInvalid()
  const [found] = await ctx.db
    .select()
    .from(registration)
    .where(and(eq(registration.id, id), awaitsMail()))
  if (!found) throw linkInvalid()
  return found
}

/**
 * A stranger may have signed up with this address and a password that only they know. So a click on the link is
 * not enough: it takes the browser that signed up, or the password that was chosen there.
 */
async function requireTheirOwnChoice(pending: Registration, { input, request }: Http, ctx: AuthContext): Promise<void> {
  const { password, mode } = input
  const secret = request.cookies[cookieNames(ctx.publicUrl).registration]
  const sameBrowser = secret !== undefined && equalInConstantTime(hashOf(secret), pending.browserHash)
  if (sameBrowser || mode === 'cookie') requireSameOrigin(request, ctx)
  if (sameBrowser) return
  if (password === undefined)
    throw new AppError('unauthenticated', 'auth.password_required', 'Enter the password that you chose at sign-up.')
  const check = async () => ((await ctx.passwords.matches(pending.passwordHash, password, ctx.signal)) ? pending : null)
  if (await asGuess(check, { about: pending.id, trusted: undefined }, ctx)) return
  throw new AppError('unauthenticated', 'auth.password_wrong', 'This is not the password that was chosen at sign-up.')
}

function linkInvalid(): AppError {
  return tokenInvalid('If you have used it before, sign in; else sign up again.')
}
