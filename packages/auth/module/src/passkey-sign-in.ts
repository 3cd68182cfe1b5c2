import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function startPasskeySignIn(
  _http: RawHttp<Ops['startPasskeySignIn']>,
  _ctx: AuthContext,
): Promise<Output<Ops['startPasskeySignIn']>> {
  throw new TypeError('not yet')
}

export async function signInWithPasskey(
  _http: RawHttp<Ops['signInWithPasskey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['signInWithPasskey']>> {
  throw new TypeError('not yet')
}

export async function startPasskeyVerification(
  _http: RawHttp<Ops['startPasskeyVerification']>,
  _ctx: AuthContext,
): Promise<Output<Ops['startPasskeyVerification']>> {
  throw new TypeError('not yet')
}

export async function verifyPasskey(
  _http: RawHttp<Ops['verifyPasskey']>,
  _ctx: AuthContext,
): Promise<Output<Ops['verifyPasskey']>> {
  throw new TypeError('not yet')
}

export async function startPasskeyStepUp(
  _http: RawHttp<Ops['startPasskeyStepUp']>,
  _ctx: AuthContext,
): Promise<Output<Ops['startPasskeyStepUp']>> {
  throw new TypeError('not yet')
}
