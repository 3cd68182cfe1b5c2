import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function impersonate(
  _http: RawHttp<Ops['impersonate']>,
  _ctx: AuthContext,
): Promise<Output<Ops['impersonate']>> {
  throw new TypeError('not yet')
}

export async function endImpersonation(
  _http: RawHttp<Ops['endImpersonation']>,
  _ctx: AuthContext,
): Promise<Output<Ops['endImpersonation']>> {
  throw new TypeError('not yet')
}
