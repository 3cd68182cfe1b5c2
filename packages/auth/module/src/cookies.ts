import type { SignedIn } from '@lightpress/auth-contract'
import { bearerOf, cookieNames, requireSameOrigin, type RawHttp } from '@lightpress/kernel'
import { accessToken } from '@lightpress/protocol'
import { REFRESH_LIFETIME_SECONDS } from './rotation.ts'

type Reply = RawHttp['reply']

/** How a caller holds its tokens: a program in its own memory, a browser in cookies that no script can read. */
export type Mode = 'token' | 'cookie'

/** In which way whoever is signed in holds their access token: the one by which the kernel knew them. */
export function modeOf(request: RawHttp['request']): Mode {
  return bearerOf(request) === undefined ? 'cookie' : 'token'
}

/** Whether it is a page that calls: browsers say whence it comes, programs do not, and keep no cookies. */
export function isBrowser(request: RawHttp['request']): boolean {
  return request.headers.origin !== undefined
}

/** Where anybody may call and a browser is given a cookie: no page of another site may have it given one. */
export function refuseOtherSites(request: RawHttp['request'], place: { publicUrl: string }): void {
  if (isBrowser(request)) requireSameOrigin(request, place)
}

/** The tokens in the body or in cookies, never in both. */
export function answerWith(
  { accessToken: access, refreshToken: refresh, ...rest }: SignedIn,
  { mode, reply, publicUrl }: { mode: Mode; reply: Reply; publicUrl: string },
): SignedIn {
  if (mode === 'token') return { accessToken: access, refreshToken: refresh, ...rest }
  const names = cookieNames(publicUrl)
  const set = (name: string, value: string | undefined, seconds: number) =>
    value !== undefined && reply.setCookie(name, value, cookieOptions(publicUrl, { seconds }))
  set(names.access, access, accessToken.lifetimeSeconds)
  set(names.refresh, refresh, REFRESH_LIFETIME_SECONDS)
  return rest
}

export function clearSessionCookies({ reply, publicUrl }: { reply: Reply; publicUrl: string }): void {
  const names = cookieNames(publicUrl)
  for (const name of [names.access, names.refresh, names.operator]) reply.clearCookie(name, cookieOptions(publicUrl))
}

/** An operator's own refresh token, kept for when they are done with acting as somebody else. */
export function keepOperator(token: string, { reply, publicUrl }: { reply: Reply; publicUrl: string }): void {
  // As long as it is good: who comes back after the hour goes on as themself.
  reply.setCookie(
    cookieNames(publicUrl).operator,
    token,
    cookieOptions(publicUrl, { seconds: REFRESH_LIFETIME_SECONDS }),
  )
}

/** Whoever is signed in from now on, it is not an operator who acts as somebody else. */
export function forgetOperator({ request, reply }: Pick<RawHttp, 'request' | 'reply'>, publicUrl: string): void {
  const name = cookieNames(publicUrl).operator
  if (request.cookies[name] !== undefined) reply.clearCookie(name, cookieOptions(publicUrl))
}

/** `Path=/` and `Secure` are what the prefix `__Host-` asks for; over plain HTTP there is no prefix. */
export function cookieOptions(publicUrl: string, { seconds }: { seconds?: number } = {}) {
  return {
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    path: '/',
    ...(seconds !== undefined && { maxAge: seconds }),
  } as const
}
