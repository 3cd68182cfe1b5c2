import type { SessionUser, SignedIn } from '@lightpress/auth-contract'
import { cookieNames, type RawHttp, type Tx } from '@lightpress/kernel'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { answerWith, cookieOptions, forgetOperator, type Mode } from './cookies.ts'
import { rememberDevice } from './device-cookie.ts'
import { makeAccount } from './new-account.ts'
import type { Registration } from './registrations.ts'
import { replacePresented } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { grantAccess, openSession, type Opened } from './sessions.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

interface Beginning {
  pending: Registration
  userId: string
  /** The one that the session begins in. */
  organizationId: string | null
  mode: Mode
}

interface Begun extends Beginning {
  opened: Opened
  sessionVersion: number
}

/**
 * Makes the account of a registration and signs in whoever answered it: both or neither, with whatever `besides` writes.
 * Null where another registration of the address was faster.
 */
export async function beginAccount(
  beginning: Beginning,
  { request, besides }: Pick<Http, 'request'> & { besides?: (tx: Tx) => Promise<unknown> },
  ctx: AuthContext,
): Promise<Begun | null> {
  const { pending, userId, organizationId, mode } = beginning
  return ctx.withTx(async (tx) => {
    const created = await makeAccount(tx, pending, userId)
    if (!created) return null
    const opened = await openSession(tx, { userId, organizationId }, ctx)
    const { sessionId } = opened
    await record(tx, { action: 'account_created', userId, actorId: userId, organizationId, sessionId }, ctx)
    await besides?.(tx)
    if (mode === 'cookie') await revoke(tx, await replacePresented(tx, { request, by: sessionId }, ctx), ctx)
    return { ...beginning, ...created, opened }
  })
}

/** Lets them in, with the role that they have as `user`. */
export async function welcome(
  { pending, userId, mode, opened, sessionVersion, user }: Begun & { user: SessionUser },
  http: Http,
  ctx: AuthContext,
): Promise<SignedIn> {
  const { publicUrl } = ctx
  const { reply } = http
  if (mode === 'cookie') {
    rememberDevice(http, { userId, passwordHash: pending.passwordHash }, ctx)
    forgetOperator(http, publicUrl)
  }
  // What the browser signed up with, if it did, is settled with all registrations of the address.
  reply.clearCookie(cookieNames(publicUrl).registration, cookieOptions(publicUrl))
  const granted = await grantAccess({ session: opened, sessionVersion, user }, ctx)
  return answerWith({ ...granted, refreshToken: opened.refreshToken }, { mode, reply, publicUrl })
}
