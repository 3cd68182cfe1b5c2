import { isAppError } from '@lightpress/protocol'
import { action, redirect } from '@solidjs/router'
import { auth } from '../../api/auth.ts'
import { answerWithPasskey } from '../../api/passkeys.ts'
import { setSignInReason } from '../../api/sign-in-reason.ts'
import { dropDraft, keepDraft, readDraft } from '../../ui/drafts.ts'
import { enter, type Entry } from '../../api/enter.ts'
import { type Begun, dropBegun } from './begun.ts'

export const verifyCode = action((begun: Begun, kind: 'totp' | 'recovery_code', code: string) => {
  const verify = kind === 'totp' ? auth.verifyTotp : auth.verifyRecoveryCode
  return finish(begun, () => verify({ challenge: begun.challenge, code, mode: 'cookie' }))
}, 'verify-code')

export const verifyPasskey = action(async (begun: Begun) => {
  const { challenge } = begun
  const { ticket, options } = await auth
    .startPasskeyVerification({ challenge })
    .catch((error) => beginAgain(begun, error))
  const answer = await answerWithPasskey(options)
  return finish(begun, () => auth.verifyPasskey({ challenge, ticket, answer }))
}, 'verify-passkey')

export const askForRecovery = action(
  (begun: Begun) => auth.requestRecovery({ challenge: begun.challenge }).catch((error) => beginAgain(begun, error)),
  'ask-for-recovery',
)

export const removeFactors = action(async (begun: Begun, token: string) => {
  try {
    await auth.completeRecovery({ challenge: begun.challenge, token })
  } catch (error) {
    if (isLinkOver(error)) dropDraft(recovery)
    return beginAgain(begun, error)
  }
  leaveBegun(begun)
  dropDraft(recovery)
  return true
}, 'remove-factors')

const recovery = { form: 'recovery' }

export function isLinkOver(error: unknown): boolean {
  return isAppError(error) && error.reason === 'auth.token_invalid'
}

/** Of the mail about lost factors: kept for this tab, while its owner signs in as far as they can. */
export function keepRecovery(token: string) {
  keepDraft(recovery, { token })
}

export function readRecovery(): string | undefined {
  return readDraft(recovery).token
}

/** Back to the beginning, with what was typed there. */
export function signInAgainPath({ next }: Begun): string {
  return next === undefined ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`
}

export function leaveBegun(begun: Begun) {
  dropBegun()
  keepAddress(begun)
}

async function finish(begun: Begun, send: Entry['send']): Promise<never> {
  try {
    await enter({ send, next: begun.next })
  } catch (error) {
    if (!(error instanceof Response)) return beginAgain(begun, error)
    dropBegun()
    throw error
  }
  throw new TypeError('Whoever enters is led somewhere')
}

/** The way back for what took too long or was gone on with elsewhere; any other failure stays what it is. */
function beginAgain(begun: Begun, error: unknown): never {
  if (!isAppError(error) || error.reason !== 'auth.challenge_invalid') throw error
  leaveBegun(begun)
  setSignInReason('took_too_long')
  throw redirect(signInAgainPath(begun))
}

function keepAddress({ email }: Begun) {
  if (email !== undefined) keepDraft({ form: 'sign-in' }, { email })
}
