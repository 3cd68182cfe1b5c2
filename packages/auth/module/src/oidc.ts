import { ownOrigin, identityOf, type RawHttp } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { keepBrowser } from './browser.ts'
import type { AuthContext, Ops } from './context.ts'
import { providerVisits, takeForNetwork } from './limits.ts'
import type { Visit } from './oidc-client.ts'
import type { OidcProvider } from './oidc-config.ts'
import { pageAfter, problemOf, signInPage } from './oidc-pages.ts'
import { readOwnSession, renewAccess } from './own-session.ts'
import { requireOneFactorToDo } from './prove-session.ts'
import { linkedSignIn } from './schema.ts'
import { issueTicket, issueTicketWithin, ticketToken, type TicketData } from './tickets.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

export async function listSignInProviders(
  _input: Input<Ops['listSignInProviders']>,
  { config }: AuthContext,
): Promise<Output<Ops['listSignInProviders']>> {
  return { providers: config.OIDC_PROVIDERS.map(({ id, name }) => ({ id, name })) }
}

/**
 * Somebody followed a link, so what goes wrong is said on a page. A page of another site does not begin a sign-in: the
 * browser would come back signed in as whoever is signed in at the provider, and nobody would have asked for it. It
 * leads to our page, where one presses oneself (ASVS 5.0, 7.6.2).
 */
export async function startOidcSignIn(
  http: RawHttp<Ops['startOidcSignIn']>,
  ctx: AuthContext,
): Promise<Output<Ops['startOidcSignIn']>> {
  const { input, request, reply } = http
  const visit = { provider: input.provider, intent: 'sign_in', next: input.next ?? null } as const
  findProvider(visit.provider, ctx)
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    reply.redirect(signInPage(visit.next, ownOrigin(request, ctx)))
    return
  }
  const url = await begin(visit, http, ctx).catch((error: unknown) =>
    pageAfter({ problem: problemOf(error, ctx) }, visit, ownOrigin(request, ctx)),
  )
  reply.redirect(url)
}

export async function linkOidc(http: RawHttp<Ops['linkOidc']>, ctx: AuthContext): Promise<Output<Ops['linkOidc']>> {
  const { provider, next = null } = http.input
  return { url: await beginWithin({ provider, intent: 'link', next }, http, ctx) }
}

export async function stepUpWithOidc(
  http: RawHttp<Ops['stepUpWithOidc']>,
  ctx: AuthContext,
): Promise<Output<Ops['stepUpWithOidc']>> {
  const { provider, next = null } = http.input
  const { userId } = identityOf(ctx)
  await requireOneFactorToDo(ctx.db, userId)
  // Whether it is the right one shows when they are back; nobody is sent away in vain.
  if ((await ctx.db.$count(linkedSignIn, eq(linkedSignIn.userId, userId))) === 0) throw notLinked()
  return { url: await beginWithin({ provider, intent: 'step_up', next }, http, ctx) }
}

/**
 * Who comes back is known by their access token, so they leave with a new one: good for the five minutes that it lives.
 * Whoever is away longer, though their ticket is good for ten, is told that it took too long.
 */
async function beginWithin(visit: TicketData['oidc'], http: Http, ctx: AuthContext): Promise<string> {
  const own = await readOwnSession(ctx)
  await renewAccess(own, http, ctx)
  return begin(visit, http, ctx, identityOf(ctx))
}

/** Where the browser goes. Nothing secret is kept: all that must be known at its return is made of the ticket's id. */
async function begin(
  data: TicketData['oidc'],
  http: Http,
  ctx: AuthContext,
  within?: { userId: string; sessionId: string },
): Promise<string> {
  const provider = findProvider(data.provider, ctx)
  await takeForNetwork(providerVisits, ctx)
  const wanted = { purpose: 'oidc', data, browserHash: keepBrowser(http, ctx) } as const
  const { id } = await (within ? issueTicketWithin({ ...wanted, ...within }, ctx) : issueTicket(ctx.db, wanted, ctx))
  const again: Record<string, string> = data.intent === 'step_up' ? { prompt: 'login', max_age: '0' } : {}
  return (await ctx.oidc.authorizationUrl(provider, visitOf(provider, id, ctx), again)).href
}

/** Throws `auth.provider_unknown`. */
export function findProvider(id: string, ctx: AuthContext): OidcProvider {
  const provider = configured(id, ctx)
  if (provider) return provider
  throw new AppError('not_found', 'auth.provider_unknown', 'There is no such provider to sign in with here.')
}

/** What people call a provider; one that is configured no more is called by its id. */
export function providerName(id: string, ctx: AuthContext): string {
  return configured(id, ctx)?.name ?? id
}

function configured(id: string, { config }: AuthContext): OidcProvider | undefined {
  return config.OIDC_PROVIDERS.find((one) => one.id === id)
}

/** What belongs to the visit that a ticket is for. */
export function visitOf({ id }: OidcProvider, ticketId: string, { secrets, publicUrl }: AuthContext): Visit {
  return {
    redirectUri: `${publicUrl}/v1/auth/oidc/${id}/callback`,
    state: ticketToken('oidc', ticketId, secrets),
    nonce: secrets.mac('oidc-nonce', ticketId),
    verifier: secrets.mac('oidc-verifier', ticketId),
  }
}

export function notLinked(): AppError {
  return new AppError('invalid', 'auth.provider_not_linked', 'You have not linked this sign-in to your account.')
}
