import { action } from '@solidjs/router'
import { authAsIs } from '../api/auth.ts'
import { replaceSession } from '../api/session.ts'
import { confirmed } from '../api/step-up.ts'

/** Begins to act as somebody, by id or address. Everything that is shown was the operator's, so all is loaded anew. */
export const actAs = action(async (person: string, reason: string) => {
  // A proof that is asked for replaces the session as well: it must not wait for a lock that is held here.
  await confirmed(() => replaceSession(() => authAsIs.impersonate({ person, reason, mode: 'cookie' })))
  location.assign('/dashboard')
  return true
}, 'act-as')

/** The operator's own session, which waited behind it, goes on. */
export const stopActing = action(async () => {
  await replaceSession(async () => {
    await authAsIs.endImpersonation({})
    return authAsIs.refreshToken({})
  })
  location.assign('/operators/audit')
  return true
}, 'stop-acting')
