import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { AuthContext, Ops } from './context.ts'

export async function stepUp(_http: RawHttp<Ops['stepUp']>, _ctx: AuthContext): Promise<Output<Ops['stepUp']>> {
  throw new TypeError('not yet')
}
