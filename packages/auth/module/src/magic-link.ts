import { magicLinkRequested } from '@lightpress/auth-contract'
import { publish, requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import { emailKey, type Input, type Output } from '@lightpress/protocol'
import { findOwner } from './address-owner.ts'
import { admit } from './admit.ts'
import { record } from './audit.ts'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { links, mails, mayMail, takeForNetwork } from './limits.ts'
import { tokenInvalid } from './links.ts'
import type { Account } from './own-account.ts'
import { nobodyFound, readSessionUser } from './session-user.ts'
import { findTicket, issueTicket, readTicket, redeemTicket, settleLinksTo, ticketToken } from './tickets.ts'

/**
 * The same statements for every address, with a mail promised or not, as in `forgotPassword`. Whose account the link
 * opens is looked up by the address when it is written, and again when it is followed.
 */
export async function requestMagicLink(
  { input, request, reply }: RawHttp<Ops['requestMagicLink']>,
  ctx: AuthContext,
): Promise<Output<Ops['requestMagicLink']>> {
  requireSameOrigin(request, ctx)
  await takeForNetwork(mails.network, ctx)
  const key = emailKey(input.email)
  const mayWrite = await mayMail('magic-link', key, ctx)
  const browserHash = keepBrowser({ request, reply }, ctx)
  await ctx.withTx(async (tx) => {
    const owner = await findOwner(tx, key)
    const { id } = await issueTicket(tx, { purpose: 'magic-link', emailKey: key, browserHash, data: {} }, ctx)
    await record(tx, { action: 'magic_link_requested', userId: owner?.userId ?? null }, ctx)
    if (mayWrite) await publish(tx, magicLinkRequested, { ticketId: id })
  })
  return { status: 'mail_sent' }
}

/** Nothing for whoever may not come in: they would be led to a closed door. */
export async function readMagicLinkMail(
  { ticketId }: Input<Ops['readMagicLinkMail']>,
  ctx: AuthContext,
): Promise<Output<Ops['readMagicLinkMail']>> {
  const ticket = await readTicket('magic-link', ticketId, ctx)
  const owner = ticket?.emailKey ? await findOwner(ctx.db, ticket.emailKey) : undefined
  if (!owner || !(await readUser(owner, ctx))) return { mail: null }
  const { userId, email } = owner
  return { mail: { userId, email, token: ticketToken('magic-link', ticketId, ctx.secrets) } }
}

/**
 * The mailbox is one factor, as a password is. Only in the browser that asked: so the link is of no use to whoever reads
 * the mail elsewhere, and nobody is signed in as somebody else by a link that they were sent.
 */
export async function signInWithMagicLink(
  http: RawHttp<Ops['signInWithMagicLink']>,
  ctx: AuthContext,
): Promise<Output<Ops['signInWithMagicLink']>> {
  const { input, request } = http
  requireSameOrigin(request, ctx)
  await takeForNetwork(links, ctx)
  const ticket = await findTicket('magic-link', input.token, http, ctx)
  const owner = ticket?.emailKey ? await findOwner(ctx.db, ticket.emailKey) : undefined
  if (!ticket || !owner) throw linkInvalid()
  const user = await readUser(owner, ctx)
  if (!user) throw await nobodyFound(owner.userId, linkInvalid(), ctx)
  const settle = async (tx: Tx) => {
    await redeemTicket(tx, ticket, linkInvalid())
    await settleLinksTo(tx, owner.emailKey)
  }
  // As in `signIn`: what changed may have been the role, and the link is as good as before.
  return (
    (await admit({ account: owner, user, method: 'magic_link', mode: 'cookie', settle }, http, ctx)) ??
    signInWithMagicLink(http, ctx)
  )
}

function readUser({ userId }: Account, ctx: AuthContext) {
  return readSessionUser({ userId, organizationId: null }, ctx)
}

function linkInvalid() {
  return tokenInvalid('It works once, for ten minutes, in the browser in which it was asked for.')
}
