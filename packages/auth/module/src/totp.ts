import type { RawHttp } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function enrollTotp(
  _input: Input<Ops['enrollTotp']>,
  _ctx: AuthContext,
): Promise<Output<Ops['enrollTotp']>> {
  throw new TypeError('not yet')
}

export async function confirmTotp(
  _input: Input<Ops['confirmTotp']>,
  _ctx: AuthContext,
): Promise<Output<Ops['confirmTotp']>> {
  throw new TypeError('not yet')
}

export async function disableTotp(
  _input: Input<Ops['disableTotp']>,
  _ctx: AuthContext,
): Promise<Output<Ops['disableTotp']>> {
  throw new TypeError('not yet')
}

export async function verifyTotp(
  _http: RawHttp<Ops['verifyTotp']>,
  _ctx: AuthContext,
): Promise<Output<Ops['verifyTotp']>> {
  throw new TypeError('not yet')
}
