import type { Input, Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function listApiKeys(
  _input: Input<Ops['listApiKeys']>,
  _ctx: AuthContext,
): Promise<Output<Ops['listApiKeys']>> {
  throw new TypeError('not yet')
}

export async function listScopes(
  _input: Input<Ops['listScopes']>,
  _ctx: AuthContext,
): Promise<Output<Ops['listScopes']>> {
  throw new TypeError('not yet')
}

export async function createApiKey(
  _input: Input<Ops['createApiKey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['createApiKey']>> {
  throw new TypeError('not yet')
}

export async function revokeApiKey(
  _input: Input<Ops['revokeApiKey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['revokeApiKey']>> {
  throw new TypeError('not yet')
}

export async function readApiKey(
  _input: Input<Ops['readApiKey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['readApiKey']>> {
  throw new TypeError('not yet')
}
