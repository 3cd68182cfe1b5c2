import { ownOrigin, type RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'
import { findProvider, visitOf } from './oidc.ts'
import { linkTo, stepUpBy } from './oidc-own-account.ts'
import { pageAfter, problemOf, type Outcome } from './oidc-pages.ts'
import { signInAs } from './oidc-sign-in.ts'
import { findTicket, redeemTicket, type Ticket } from './tickets.ts'

type Http = RawHttp<Ops['finishOidc']>

/**
 * A navigation from another site: it brings the cookies that are `Lax`, and no `Origin`. What shows that it belongs to a
 * visit begun here is the state, in the browser (and the session) that its ticket is bound to.
 */
export async function finishOidc(http: Http, ctx: AuthContext): Promise<Output<Ops['finishOidc']>> {
  const { input, request, reply } = http
  const { provider, state } = input
  const found = state === undefined ? undefined : await findTicket('oidc', state, http, ctx)
  // Whoever began at one provider must not come back from another (mix-up, RFC 9700, 4.4).
  const ticket = found?.data.provider === provider ? found : undefined
  const outcome = ticket ? await conclude(ticket, http, ctx) : ({ problem: 'link_expired' } as const)
  const visit = ticket?.data ?? { provider, intent: 'sign_in' as const, next: null }
  reply.redirect(pageAfter(outcome, visit, ownOrigin(request, ctx)))
}

/** Whatever the provider answers, and whatever fails here: a person waits for a page. */
async function conclude(ticket: Ticket<'oidc'>, http: Http, ctx: AuthContext): Promise<Outcome> {
  try {
    return await goOn(ticket, http, ctx)
  } catch (error) {
    return { problem: problemOf(error, ctx) }
  }
}

async function goOn(ticket: Ticket<'oidc'>, http: Http, ctx: AuthContext): Promise<Outcome> {
  // First, so that nothing of a callback happens twice.
  await ctx.withTx((tx) => redeemTicket(tx, ticket))
  const provider = findProvider(ticket.data.provider, ctx)
  const { search } = new URL(http.request.url, ctx.publicUrl)
  const claims = await ctx.oidc.readCallback(provider, visitOf(provider, ticket.id, ctx), search)
  if (claims === 'denied') return { problem: 'provider_denied' }
  const who = { provider: provider.id, ...claims }
  switch (ticket.data.intent) {
    case 'sign_in':
      return signInAs(who, http, ctx)
    case 'link':
      return linkTo(who, ctx)
    case 'step_up':
      return stepUpBy(who, { since: ticket.createdAt }, http, ctx)
  }
}
