import type { PasskeyAnswer } from '@lightpress/auth-contract'
import type { RawHttp } from '@lightpress/kernel'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import type { AuthContext } from './context.ts'
import { checkAnswer, passkeyRefused, type UsedPasskey } from './passkey-answers.ts'
import { relyingPartyOf } from './relying-party.ts'
import { descriptorOf, passkeysOf, userHandleOf } from './stored-passkeys.ts'
import { CHALLENGE_MILLISECONDS } from './tickets.ts'

// Where it is known already whose passkey it must be: it is the second proof of who they are, so that it is at hand is
// enough.

/** What to ask a browser for, to have one of this person's passkeys. */
export async function requestOwnPasskey(userId: string, http: Pick<RawHttp, 'request'>, ctx: AuthContext) {
  const { id: rpID } = relyingPartyOf(http, ctx)
  const own = await passkeysOf(ctx.db, userId)
  // Without any, a browser would offer those of whomever.
  if (own.length === 0) throw passkeyRefused()
  const allowCredentials = own.map(descriptorOf)
  return generateAuthenticationOptions({
    rpID,
    allowCredentials,
    userVerification: 'preferred',
    timeout: CHALLENGE_MILLISECONDS,
  })
}

/** Which of this person's passkeys answered; null when none did. */
export async function checkOwnPasskey(
  userId: string,
  { answer, challenge, request }: { answer: PasskeyAnswer; challenge: string } & Pick<RawHttp, 'request'>,
  ctx: AuthContext,
): Promise<UsedPasskey | null> {
  const { userHandle } = answer.response
  // Authenticators may leave it out where they were told which passkeys will do.
  if (userHandle && userHandle !== userHandleOf(userId)) return null
  const stored = (await passkeysOf(ctx.db, userId)).find(({ credentialId }) => credentialId === answer.id)
  if (!stored) return null
  return checkAnswer(answer, stored, { challenge, party: relyingPartyOf({ request }, ctx), verifyUser: false })
}
