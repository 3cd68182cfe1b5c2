import type { Identity } from '@lightpress/protocol'
import type { CallContext } from './module.ts'

/** Who is signed in, for operations that ask for somebody: the seam lets nobody else in there. */
export function identityOf({ caller }: Pick<CallContext, 'caller'>): Identity {
  if (!caller.identity) throw new TypeError('The seam lets nobody in here who is not signed in')
  return caller.identity
}
