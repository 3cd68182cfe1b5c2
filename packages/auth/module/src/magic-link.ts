import type { RawHttp } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function requestMagicLink(
  _http: RawHttp<Ops['requestMagicLink']>,
  _ctx: AuthContext,
): Promise<Output<Ops['requestMagicLink']>> {
  throw new TypeError('not yet')
}

export async function signInWithMagicLink(
  _http: RawHttp<Ops['signInWithMagicLink']>,
  _ctx: AuthContext,
): Promise<Output<Ops['signInWithMagicLink']>> {
  throw new TypeError('not yet')
}

export async function readMagicLinkMail(
  _input: Input<Ops['readMagicLinkMail']>,
  _ctx: AuthContext,
): Promise<Output<Ops['readMagicLinkMail']>> {
  throw new TypeError('not yet')
}
