import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function getCredentials(
  _input: Input<Ops['getCredentials']>,
  _ctx: AuthContext,
): Promise<Output<Ops['getCredentials']>> {
  throw new TypeError('not yet')
}
