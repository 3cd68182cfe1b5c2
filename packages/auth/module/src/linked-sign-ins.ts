import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function unlinkSignIn(
  _input: Input<Ops['unlinkSignIn']>,
  _ctx: AuthContext,
): Promise<Output<Ops['unlinkSignIn']>> {
  throw new TypeError('not yet')
}
