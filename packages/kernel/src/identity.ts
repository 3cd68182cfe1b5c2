import type { Identity } from '@lightpress/protocol'
import type { CallContext } from './module.ts'

type Called = Pick<CallContext, 'caller'>

/** Who is signed in, for operations that ask for somebody: the seam lets nobody else in there. */
export function identityOf({ caller }: Called): Identity {
  if (!caller.identity) throw new TypeError('The seam lets nobody in here who is not signed in')
  return caller.identity
}

/** The organisation that a person or an API key acts for, where the seam lets nobody in without one. */
export function organizationOf({ caller }: Called): string {
  const organizationId = caller.apiKey?.organizationId ?? caller.identity?.organizationId
  if (!organizationId) throw new TypeError('The seam lets nobody in here without an active organisation')
  return organizationId
}

/** Tells one caller from another: a person, an API key, a module on its own account. */
export function callerIdOf({ caller }: Called): string {
  return caller.identity?.userId ?? caller.apiKey?.apiKeyId ?? caller.service ?? 'anonymous'
}
