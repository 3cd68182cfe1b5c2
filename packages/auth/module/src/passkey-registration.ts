import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function startPasskeyRegistration(
  _http: RawHttp<Ops['startPasskeyRegistration']>,
  _ctx: AuthContext,
): Promise<Output<Ops['startPasskeyRegistration']>> {
  throw new TypeError('not yet')
}

export async function registerPasskey(
  _http: RawHttp<Ops['registerPasskey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['registerPasskey']>> {
  throw new TypeError('not yet')
}
