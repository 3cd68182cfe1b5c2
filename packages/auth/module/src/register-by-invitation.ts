import { defineJob, enqueue, newId, requireSameOrigin, summarizeError, type RawHttp } from '@lightpress/kernel'
import { AppError, emailKey, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { refuseOtherSites } from './cookies.ts'
import { beginAccount, welcome } from './first-session.ts'
import { links, takeForNetwork } from './limits.ts'
import { tokenInvalid } from './links.ts'
import { reserveFor } from './new-account.ts'
import { preferredLocale } from './normalise.ts'
import type { Registration } from './registrations.ts'
import { account } from './schema.ts'
import { readSessionUser, suspended } from './session-user.ts'

type Http = RawHttp<Ops['registerByInvitation']>

/** Milliseconds: longer than the request that it is for may take. */
const LIFETIME = 60_000

/**
 * Makes the account of somebody who was invited and has none. Whoever holds the link reads the mail of its address, so no
 * other mail is needed; and since the password comes with it, it does not matter who signed up with the address before.
 * By way of a registration like everybody's: see `new-account.ts`.
 */
export async function registerByInvitation(http: Http, ctx: AuthContext): Promise<Output<Ops['registerByInvitation']>> {
  const { input, request } = http
  const { mode } = input
  if (mode === 'cookie') requireSameOrigin(request, ctx)
  else refuseOtherSites(request, ctx)
  await takeForNetwork(links, ctx)
  const { invitation } = await ctx.calls.users.readInvitation({ token: input.token })
  if (!invitation) throw linkInvalid()
  if (await isTaken(invitation.email, ctx)) throw emailTaken()
  const pending = await choose(input, { invitation, request }, ctx)

  const reserved = await reserveFor(pending, ctx)
  if (!reserved) throw emailTaken()
  const userId = reserved.id

  const { id: invitationId, organizationId } = invitation
  const joining = { invitationId, userId }
  const besides: Besides = (tx) => enqueue(tx, joinInvited, { payload: joining })
  const begun = await beginAccount({ pending, userId, organizationId, mode }, { request, besides }, ctx)
  if (!begun) throw emailTaken()
  await tryToJoin(joining, ctx)
  const user = await readSessionUser({ userId, organizationId }, ctx)
  if (!user) throw suspended()
  return welcome({ ...begun, user }, http, ctx)
}

type Besides = Parameters<typeof beginAccount>[1]['besides']

/** Promised with the account: whatever ends after that, they get where they were invited. */
export const joinInvited = defineJob(
  'join-invited',
  z.object({ invitationId: z.uuid(), userId: z.uuid() }),
  async (joining, ctx: AuthContext) => {
    await ctx.calls.users.acceptInvitationFor(joining)
  },
  { untilDone: true },
)

/** At once, so that they begin there. They have an account whether or not this succeeds, and the job goes on with it. */
async function tryToJoin(joining: { invitationId: string; userId: string }, ctx: AuthContext): Promise<void> {
  try {
    await ctx.calls.users.acceptInvitationFor(joining)
  } catch (error) {
    ctx.log.warn({ error: summarizeError(error) }, 'whoever registered by an invitation joins later, by a job')
  }
}

/** What they registered as. Hashing is dear: only for whoever has a link that is good. */
async function choose(
  { name, password }: Http['input'],
  { invitation, request }: { invitation: { email: string; locale: Registration['locale'] } } & Pick<Http, 'request'>,
  ctx: AuthContext,
): Promise<Registration> {
  const { email } = invitation
  await requireUncommon(password, { path: 'password', about: [email, name] })
  const locale = preferredLocale(request.headers['accept-language'], invitation.locale)
  const passwordHash = await ctx.passwords.hash(password, ctx.signal)
  const now = Date.now()
  return {
    ...{ id: newId(), email, emailKey: emailKey(email), name, locale, passwordHash, browserHash: '' },
    ...{ userId: null, createdAt: new Date(now), expiresAt: new Date(now + LIFETIME), settledAt: null },
  }
}

async function isTaken(email: string, { db }: AuthContext): Promise<boolean> {
  return (await db.$count(account, eq(account.emailKey, emailKey(email)))) > 0
}

/** To whoever reads the mail of the address it may be told. */
function emailTaken(): AppError {
  return new AppError('conflict', 'auth.email_taken', 'You have an account: sign in, then accept the invitation.')
}

function linkInvalid(): AppError {
  return tokenInvalid('If you have used it before, sign in; else ask whoever invited you for a new one.')
}
