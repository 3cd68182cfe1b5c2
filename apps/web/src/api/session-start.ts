import type { SecondFactorRequired, SignedIn, SignInAnswer } from '@lightpress/auth-contract'
import { sessionLock } from './session-lock.ts'
import { writeSession } from './session-note.ts'
import { setSignInReason } from './sign-in-reason.ts'

/** Sends what makes a session where there may be none. Answers what is wanted besides, before there is one. */
export function startSession(send: () => Promise<SignInAnswer>): Promise<SecondFactorRequired | undefined> {
  return navigator.locks.request(sessionLock, async () => {
    const answer = await send()
    if ('mfaRequired' in answer) return answer
    sessionStarted(answer)
    return undefined
  })
}

export function sessionStarted({ user }: SignedIn) {
  setSignInReason(undefined)
  writeSession({ renewedAt: Date.now(), userId: user.id, organizationId: user.organizationId })
}
