import { requireSameOrigin, type RawHttp } from '@lightpress/kernel'
import { AppError, emailKey, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { record, recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith } from './cookies.ts'
import { rememberDevice, trustedDevice } from './device-cookie.ts'
import { holdAccount } from './hold-account.ts'
import { isKnownPlace } from './known-places.ts'
import { asGuess } from './lockout.ts'
import type { Account } from './own-account.ts'
import { replacePresented } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { account } from './schema.ts'
import { endSurplusOf } from './session-limit.ts'
import { grantAccess, openSession } from './sessions.ts'
import { isSuspended, readSessionUser, suspended } from './session-user.ts'

/** Cookies are given to pages of ours only, so that no other site can sign a visitor in as somebody else. */
export async function signIn(http: RawHttp<Ops['signIn']>, ctx: AuthContext): Promise<Output<Ops['signIn']>> {
  const { input, request, reply } = http
  const { email, password, mode } = input
  if (mode === 'cookie') requireSameOrigin(request, ctx)
  const asked = await find(emailKey(email), http, ctx)
  const proved = await prove(asked, password, ctx)
  if (!proved) throw await failed(wrongCredentials(), asked, ctx)
  const { userId, sessionVersion } = proved
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) throw await failed((await isSuspended(userId, ctx)) ? suspended() : wrongCredentials(), asked, ctx)
  const opened = await ctx.withTx(async (tx) => {
    // Whoever changes the password raises the version while they hold it: no session slips in with the old one.
    const current = await holdAccount(tx, userId)
    if (current?.sessionVersion !== sessionVersion) return null
    const isNew = asked.device === undefined && !(await isKnownPlace(tx, userId, ctx))
    const { organizationId } = user
    const opened = await openSession(tx, { userId, organizationId }, ctx)
    const { sessionId } = opened
    const signedIn = { action: 'signed_in', userId, actorId: userId, organizationId, sessionId } as const
    await (isNew ? recordAndAlert : record)(tx, signedIn, ctx)
    const replaced = mode === 'cookie' ? await replacePresented(tx, { request, by: sessionId }, ctx) : []
    const surplus = await endSurplusOf(tx, { userId, newest: sessionId }, ctx)
    await revoke(tx, [...replaced, ...surplus], ctx)
    return opened
  })
  // Perhaps it was the role that changed, perhaps the password: whoever asks proves it once more, by what holds now.
  if (!opened) return signIn(http, ctx)
  const { sessionId, refreshToken } = opened
  if (mode === 'cookie') rememberDevice(http, proved, ctx)
  const granted = await grantAccess({ sessionId, sessionVersion, user }, ctx)
  return answerWith({ ...granted, refreshToken }, { mode, reply, publicUrl: ctx.publicUrl })
}

interface Asked {
  key: string
  account: Account | undefined
  userId: string | null
  /** Of a browser that was signed in to this account before. */
  device: string | undefined
}

/** Whom the address names, if anybody. */
async function find(key: string, { request }: RawHttp<Ops['signIn']>, ctx: AuthContext): Promise<Asked> {
  const [known] = await ctx.db.select().from(account).where(eq(account.emailKey, key))
  return {
    key,
    account: known,
    userId: known?.userId ?? null,
    device: trustedDevice({ request }, known, ctx),
  }
}

/** The account if the password is its own. The same work for an address that nobody has. */
function prove({ key, account, userId, device }: Asked, password: string, ctx: AuthContext): Promise<Account | null> {
  const check = async () => {
    const matches = await ctx.passwords.matches(account?.passwordHash, password, ctx.signal)
    return account && matches ? account : null
  }
  const onLocked = async () => {
    await ctx.withTx((tx) => record(tx, { action: 'sign_in_locked', userId }, ctx))
  }
  return asGuess(check, { about: key, trusted: device, onLocked }, ctx)
}

/** The refusal, once it is written down. */
async function failed(refusal: AppError, { userId }: Asked, ctx: AuthContext): Promise<AppError> {
  await ctx.withTx((tx) => record(tx, { action: 'sign_in_failed', userId }, ctx))
  return refusal
}

function wrongCredentials(): AppError {
  return new AppError('unauthenticated', 'auth.wrong_credentials', 'The address or the password is not right.')
}
