import type { RawHttp } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function requestRecovery(
  _http: RawHttp<Ops['requestRecovery']>,
  _ctx: AuthContext,
): Promise<Output<Ops['requestRecovery']>> {
  throw new TypeError('not yet')
}

export async function completeRecovery(
  _http: RawHttp<Ops['completeRecovery']>,
  _ctx: AuthContext,
): Promise<Output<Ops['completeRecovery']>> {
  throw new TypeError('not yet')
}

export async function cancelRecovery(
  _input: Input<Ops['cancelRecovery']>,
  _ctx: AuthContext,
): Promise<Output<Ops['cancelRecovery']>> {
  throw new TypeError('not yet')
}

export async function cancelOwnRecovery(
  _input: Input<Ops['cancelOwnRecovery']>,
  _ctx: AuthContext,
): Promise<Output<Ops['cancelOwnRecovery']>> {
  throw new TypeError('not yet')
}

export async function readRecoveryMail(
  _input: Input<Ops['readRecoveryMail']>,
  _ctx: AuthContext,
): Promise<Output<Ops['readRecoveryMail']>> {
  throw new TypeError('not yet')
}
