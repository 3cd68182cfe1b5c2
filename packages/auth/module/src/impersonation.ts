import type { SessionUser } from '@lightpress/auth-contract'
import { cookieNames, identityOf, newId, requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { findOwner } from './address-owner.ts'
import { record, recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, cookieOptions, keepOperator, modeOf } from './cookies.ts'
import { holdAccount } from './hold-account.ts'
import { holdOwnAccount, type Account } from './own-account.ts'
import { replacePresented } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { account, refreshToken, session } from './schema.ts'
import { hashOf } from './secrets.ts'
import { endOneSession, grantAccess, openSession, sessionEnded, type Opened } from './sessions.ts'
import { readSessionUser } from './session-user.ts'
import { tradeToken } from './trade-token.ts'

/** An hour, less what an access token lives that is made in the last moment. */
const LASTS = 55 * 60_000

/** The operator's own session cannot be renewed; where that showed a theft, what it led to is to be kept. */
const OVER = Symbol('over')

type Http = RawHttp<Ops['impersonate']>

/**
 * Opens a session of the person in which the operator acts, beside the operator's own. It says so in every token, so the
 * seam refuses in it whatever asks for the person themself, a step-up and another impersonation among it.
 */
export async function impersonate(http: Http, ctx: AuthContext): Promise<Output<Ops['impersonate']>> {
  const { input, request, reply } = http
  const { person, mode } = input
  if (mode === 'cookie') requireSameOrigin(request, ctx)
  const found = await find(person, ctx)
  const user = found && (await readSessionUser({ userId: found.userId, organizationId: null }, ctx))
  if (!found || !user || user.operator || user.id === identityOf(ctx).userId) throw nobody()
  const begun = await ctx.withTx((tx) => begin(tx, { account: found, user }, http, ctx))
  if (begun === OVER) throw sessionEnded()
  // Perhaps they became an operator: whoever asks, asks again.
  if (begun === null) return impersonate(http, ctx)
  const { own, refreshToken, ...facts } = begun
  const granted = await grantAccess({ session: facts, sessionVersion: found.sessionVersion, user }, ctx)
  const answer = { mode, reply, publicUrl: ctx.publicUrl }
  if (own !== null) keepOperator(own, answer)
  return answerWith({ ...granted, refreshToken }, answer)
}

/**
 * In a browser the next refresh goes on as the operator: nothing but a refresh moves refresh tokens from cookie to
 * cookie, so that tabs which do several things at once cannot put back one that was traded meanwhile.
 */
export async function endImpersonation(
  { request, reply }: RawHttp<Ops['endImpersonation']>,
  ctx: AuthContext,
): Promise<Output<Ops['endImpersonation']>> {
  const { sessionId, userId, impersonatorId } = identityOf(ctx)
  if (impersonatorId === null)
    throw new AppError('conflict', 'auth.not_impersonating', 'You act as nobody but yourself.')
  await ctx.withTx(async (tx) => {
    const revoked = await endOneSession(tx, sessionId)
    if (revoked === null) return
    await record(tx, { action: 'impersonation_ended', userId }, ctx)
    await revoke(tx, revoked, ctx)
  })
  if (modeOf(request) === 'cookie') reply.clearCookie(cookieNames(ctx.publicUrl).access, cookieOptions(ctx.publicUrl))
  return { status: 'ended' }
}

/** Whom an id or an address names. */
async function find(person: Input<Ops['impersonate']>['person'], ctx: AuthContext): Promise<Account | undefined> {
  if (!z.uuid().safeParse(person).success) return findOwner(ctx.db, emailKey(person))
  const [found] = await ctx.db.select().from(account).where(eq(account.userId, person))
  return found
}

/** The session, and in a browser the operator's own refresh token, traded. Null where the person is not who they were. */
async function begin(
  tx: Tx,
  { account: { userId, sessionVersion }, user }: { account: Account; user: SessionUser },
  { input, request }: Http,
  ctx: AuthContext,
): Promise<(Opened & { own: string | null }) | typeof OVER | null> {
  const { userId: operatorId, sessionVersion: operatorVersion, authenticatedAt } = identityOf(ctx)
  // Both, in one order: whatever takes an operator their rights, or the person theirs, ends the session or prevents it.
  const held = new Map<string, Account | undefined>()
  for (const id of [userId, operatorId].sort()) held.set(id, await holdAccount(tx, id))
  await holdOwnAccount(tx, { sessionVersion: operatorVersion }, ctx)
  if (held.get(userId)?.sessionVersion !== sessionVersion) return null
  const own = input.mode === 'cookie' && modeOf(request) === 'cookie' ? await tradeOwn(tx, { request }, ctx) : null
  if (own === OVER) return OVER
  const { organizationId } = user
  const sessionId = newId()
  // A browser that holds somebody's cookies, and was asked by a bearer token: nobody could reach that session any more.
  // Before this one is opened: with a session of the operator's ends what they do as others.
  const replaced =
    input.mode === 'cookie' && own === null ? await replacePresented(tx, { request, by: sessionId }, ctx) : []
  const opened = await openSession(
    tx,
    {
      id: sessionId,
      userId,
      organizationId,
      impersonatorId: operatorId,
      endsAt: new Date(Date.now() + LASTS),
      authenticatedAt: new Date(authenticatedAt * 1000),
    },
    ctx,
  )
  const about = { userId, organizationId, sessionId, method: 'impersonation', note: input.reason } as const
  await recordAndAlert(tx, { action: 'impersonation_started', ...about }, ctx)
  await revoke(tx, replaced, ctx)
  return { ...opened, own }
}

/** Traded, so that a tab which trades the same one at this moment has its successor as well. */
async function tradeOwn(tx: Tx, { request }: Pick<Http, 'request'>, ctx: AuthContext): Promise<string | typeof OVER> {
  const { sessionId } = identityOf(ctx)
  const presented = request.cookies[cookieNames(ctx.publicUrl).refresh]
  if (presented === undefined) return OVER
  const [own] = await tx
    .select({ organizationId: session.organizationId })
    .from(refreshToken)
    .innerJoin(session, eq(session.id, refreshToken.sessionId))
    .where(and(eq(refreshToken.hash, hashOf(presented)), eq(session.id, sessionId)))
  if (!own) return OVER
  const { organizationId } = own
  const successor = await tradeToken(tx, { presented, sessionId, before: organizationId, organizationId }, ctx)
  return typeof successor === 'string' ? successor : OVER
}

/** The same for nobody, for another operator, and for whoever may not come in. */
function nobody(): AppError {
  return new AppError('not_found', 'auth.nobody_to_impersonate', 'There is nobody whom you could act as by this.')
}
