import type { RawHttp } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function listSignInProviders(
  _input: Input<Ops['listSignInProviders']>,
  _ctx: AuthContext,
): Promise<Output<Ops['listSignInProviders']>> {
  throw new TypeError('not yet')
}

export async function startOidcSignIn(
  _http: RawHttp<Ops['startOidcSignIn']>,
  _ctx: AuthContext,
): Promise<Output<Ops['startOidcSignIn']>> {
  throw new TypeError('not yet')
}

export async function finishOidc(
  _http: RawHttp<Ops['finishOidc']>,
  _ctx: AuthContext,
): Promise<Output<Ops['finishOidc']>> {
  throw new TypeError('not yet')
}

export async function linkOidc(_http: RawHttp<Ops['linkOidc']>, _ctx: AuthContext): Promise<Output<Ops['linkOidc']>> {
  throw new TypeError('not yet')
}

export async function stepUpWithOidc(
  _http: RawHttp<Ops['stepUpWithOidc']>,
  _ctx: AuthContext,
): Promise<Output<Ops['stepUpWithOidc']>> {
  throw new TypeError('not yet')
}
