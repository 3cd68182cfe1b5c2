import { requireSameOrigin, type RawHttp } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { answerWith } from './cookies.ts'
import { asGuess } from './limits.ts'
import { emailKey } from './normalise.ts'
import { account } from './schema.ts'
import { grantAccess, openSession } from './sessions.ts'
import { readSessionUser } from './session-user.ts'

/** Cookies are given to pages of ours only, so that no other site can sign a visitor in as somebody else. */
export async function signIn(
  { input, request, reply }: RawHttp<Ops['signIn']>,
  ctx: AuthContext,
): Promise<Output<Ops['signIn']>> {
  const { email, password, mode } = input
  if (mode === 'cookie') requireSameOrigin(request)
  const key = emailKey(email)
  const { userId, sessionVersion } = await asGuess(key, () => authenticate(key, password, ctx), ctx)

  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  if (!user) throw wrongCredentials()
  const { sessionId, refreshToken } = await ctx.withTx(async (tx) => {
    // Whoever changes the password raises the version under this row's lock: no session slips in with the old one.
    const [current] = await tx.select().from(account).where(eq(account.userId, userId)).for('share')
    if (current?.sessionVersion !== sessionVersion) throw wrongCredentials()
    return openSession(tx, { userId, organizationId: user.organizationId }, ctx)
  })
  const granted = await grantAccess({ sessionId, sessionVersion, user }, ctx)
  return answerWith({ ...granted, refreshToken }, { mode, reply, publicUrl: ctx.publicUrl })
}

/** The same work for an address that nobody has. */
async function authenticate(key: string, password: string, ctx: AuthContext) {
  const [known] = await ctx.db.select().from(account).where(eq(account.emailKey, key))
  const matches = await ctx.passwords.matches(known?.passwordHash, password, ctx.signal)
  if (!known || !matches) throw wrongCredentials()
  return known
}

function wrongCredentials(): AppError {
  return new AppError('unauthenticated', 'auth.wrong_credentials', 'The address or the password is not right.')
}
