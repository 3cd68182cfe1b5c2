import { requireSameOrigin, type RawHttp } from '@lightpress/kernel'
import { AppError, emailKey, type Output } from '@lightpress/protocol'
import { findOwner } from './address-owner.ts'
import { admit } from './admit.ts'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { trustedDevice } from './device-cookie.ts'
import { asGuess } from './lockout.ts'
import type { Account } from './own-account.ts'
import { nobodyFound, readSessionUser } from './session-user.ts'

export async function signIn(http: RawHttp<Ops['signIn']>, ctx: AuthContext): Promise<Output<Ops['signIn']>> {
  const { input, request } = http
  const { email, password, mode } = input
  // Before anything is tried: see `admit`.
  if (mode === 'cookie') requireSameOrigin(request, ctx)
  const asked = await find(emailKey(email), http, ctx)
  const proved = await prove(asked, password, ctx)
  if (!proved) throw await failed(wrongCredentials(), asked, ctx)
  const { userId } = proved
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) throw await failed(await nobodyFound(userId, wrongCredentials(), ctx), asked, ctx)
  // Perhaps it was the role that changed, perhaps the password: whoever asks proves it once more, by what holds now.
  return (await admit({ account: proved, user, method: 'password', mode }, http, ctx)) ?? signIn(http, ctx)
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
  const known = await findOwner(ctx.db, key)
  return {
    key,
    account: known,
    userId: known?.userId ?? null,
    device: trustedDevice({ request }, known, ctx),
  }
}

/** The account if the password is its own. The same work for an address that nobody has, or that has no password. */
function prove({ key, account, userId, device }: Asked, password: string, ctx: AuthContext): Promise<Account | null> {
  const check = async () => {
    const matches = await ctx.passwords.matches(account?.passwordHash ?? undefined, password, ctx.signal)
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
