import { identityOf, type Tx } from '@lightpress/kernel'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { makeFirstRecoveryCodes, type DrawnCodes } from './recovery-codes.ts'
import type { Revoked } from './revocations.ts'
import { endOtherSessionsOf } from './sessions.ts'

interface Added {
  /** To be shown; null where there was a second factor before. */
  recoveryCodes: string[] | null
  /** For `revoke`, last in the transaction. */
  revoked: Revoked[]
}

/**
 * What comes with a second factor that whoever is signed in has just added, under their account's lock. With the first
 * one every other session ends: each was opened with one factor, perhaps by somebody who knows the password, and with a
 * proof of before could take the new factor away again, or guess at it apart from all others. A sign-in under way waits
 * for the account, and is asked for the factor then. An app in place of another, or one more passkey, ends nothing.
 */
export async function noteAddedFactor(tx: Tx, drawn: DrawnCodes | null, ctx: AuthContext): Promise<Added> {
  const { userId, sessionId } = identityOf(ctx)
  const recoveryCodes = await makeFirstRecoveryCodes(tx, userId, drawn, ctx)
  if (recoveryCodes === null) return { recoveryCodes, revoked: [] }
  const { ended, revoked } = await endOtherSessionsOf(tx, userId, { except: sessionId })
  if (ended > 0) await record(tx, { action: 'sessions_ended', userId }, ctx)
  return { recoveryCodes, revoked }
}
