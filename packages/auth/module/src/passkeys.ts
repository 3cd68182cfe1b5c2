import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function renamePasskey(
  _input: Input<Ops['renamePasskey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['renamePasskey']>> {
  throw new TypeError('not yet')
}

export async function removePasskey(
  _input: Input<Ops['removePasskey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['removePasskey']>> {
  throw new TypeError('not yet')
}
