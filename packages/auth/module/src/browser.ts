import { cookieNames, type RawHttp } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { cookieOptions } from './cookies.ts'
import { hashOf, randomSecret } from './secrets.ts'

/** Longer than anything that is begun in a browser takes. */
const LIFETIME_SECONDS = 60 * 60

type Http = Pick<RawHttp, 'request' | 'reply'>

/** What a ticket remembers of the browser that a request came from; undefined for one that we gave no cookie. */
export function browserHashOf({ request }: Pick<Http, 'request'>, { publicUrl }: AuthContext): string | undefined {
  const secret = request.cookies[cookieNames(publicUrl).browser]
  return secret !== undefined && /^[\w-]{43}$/.test(secret) ? hashOf(secret) : undefined
}

/**
 * The same, and has the browser keep its cookie from now on. `Lax`, because who comes back from another provider comes
 * from another site.
 */
export function keepBrowser({ request, reply }: Http, ctx: AuthContext): string {
  const name = cookieNames(ctx.publicUrl).browser
  const known = browserHashOf({ request }, ctx) === undefined ? undefined : request.cookies[name]
  const secret = known ?? randomSecret()
  reply.setCookie(name, secret, cookieOptions(ctx.publicUrl, { seconds: LIFETIME_SECONDS }))
  return hashOf(secret)
}
