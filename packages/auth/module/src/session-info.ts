import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function getSession(
  _input: Input<Ops['getSession']>,
  _ctx: AuthContext,
): Promise<Output<Ops['getSession']>> {
  throw new TypeError('not yet')
}
