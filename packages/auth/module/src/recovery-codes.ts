import type { RawHttp } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function createRecoveryCodes(
  _input: Input<Ops['createRecoveryCodes']>,
  _ctx: AuthContext,
): Promise<Output<Ops['createRecoveryCodes']>> {
  throw new TypeError('not yet')
}

export async function verifyRecoveryCode(
  _http: RawHttp<Ops['verifyRecoveryCode']>,
  _ctx: AuthContext,
): Promise<Output<Ops['verifyRecoveryCode']>> {
  throw new TypeError('not yet')
}
