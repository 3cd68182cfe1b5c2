import type { NewPasskey, PasskeyAnswer } from '@lightpress/auth-contract'
import { AppError } from '@lightpress/protocol'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { cose, decodeAttestationObject, decodeClientDataJSON, isoBase64URL } from '@simplewebauthn/server/helpers'
import type { RelyingParty } from './relying-party.ts'
import type { StoredPasskey } from './stored-passkeys.ts'

/** EdDSA, ES256 and RS256: every authenticator knows one of them. */
export const ALGORITHMS: number[] = [cose.COSEALG.EdDSA, cose.COSEALG.ES256, cose.COSEALG.RS256]

/** WebAuthn Level 3, 7.1, step 25. An index of PostgreSQL takes no longer ones, either. */
const LONGEST_ID = 1_023

/** What a browser was asked for. */
interface Asked {
  challenge: string
  party: RelyingParty
}

/** What is known of a passkey that was made just now. */
export type MadePasskey = Pick<
  StoredPasskey,
  'credentialId' | 'publicKey' | 'signatureCount' | 'transports' | 'synced'
> & {
  /** Says what kind of authenticator made it, as far as that tells. */
  aaguid: string
}

/** The passkey that a browser made when it was asked to; null where the answer is anything else. */
export async function readNewPasskey(answer: NewPasskey, { challenge, party }: Asked): Promise<MadePasskey | null> {
  return orNull(async () => {
    const { clientDataJSON, attestationObject, transports = [] } = answer.response
    if (isFramed(clientDataJSON) || !isPlain(attestationObject)) return null
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: answer.id,
        rawId: answer.rawId,
        type: answer.type,
        response: { clientDataJSON, attestationObject, transports },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) return null
    const { credential, credentialBackedUp, aaguid } = registrationInfo
    if (credential.id !== answer.id || isoBase64URL.toBuffer(credential.id).byteLength > LONGEST_ID) return null
    return {
      credentialId: credential.id,
      publicKey: isoBase64URL.fromBuffer(credential.publicKey),
      signatureCount: credential.counter,
      transports,
      synced: credentialBackedUp,
      aaguid,
    }
  })
}

/** What is known of a passkey once it answered. */
export type UsedPasskey = Pick<StoredPasskey, 'id' | 'signatureCount' | 'synced'>

/**
 * What a passkey proved by its answer; null where the answer is anything else, or where its count shows that there is a
 * second one with the same key. With `verifyUser` it must have made sure who used it: by a PIN, a finger, a face.
 */
export async function checkAnswer(
  answer: PasskeyAnswer,
  stored: StoredPasskey,
  { challenge, party, verifyUser }: Asked & { verifyUser: boolean },
): Promise<UsedPasskey | null> {
  return orNull(async () => {
    const { clientDataJSON, authenticatorData, signature } = answer.response
    if (isFramed(clientDataJSON)) return null
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: answer.id,
        rawId: answer.rawId,
        type: answer.type,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: verifyUser,
      credential: {
        id: stored.credentialId,
        publicKey: isoBase64URL.toBuffer(stored.publicKey),
        counter: stored.signatureCount,
      },
    })
    if (!verified) return null
    const { newCounter, credentialBackedUp } = authenticationInfo
    return { id: stored.id, signatureCount: newCounter, synced: credentialBackedUp }
  })
}

/** The same whatever was wrong, so that it tells nobody what there is. */
export function passkeyRefused(): AppError {
  const message = 'This passkey was not accepted. Try again, or prove in another way who you are.'
  return new AppError('invalid', 'auth.passkey_refused', message)
}

/** Our pages are in no page of another site, so a passkey that was used in one was used for somebody else. */
function isFramed(clientDataJSON: string): boolean {
  return decodeClientDataJSON(clientDataJSON).crossOrigin === true
}

/**
 * Whether it comes as it was asked for: without a statement about the authenticator, or with one that the passkey itself
 * signed, which browsers leave in. Others have the library read certificates, and look up on the net which are revoked.
 */
function isPlain(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const format = decoded.get('fmt')
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
}

/** The library throws on all that is not right, and says what it was given: that is for nobody's eyes, or logs. */
async function orNull<T>(check: () => Promise<T | null>): Promise<T | null> {
  try {
    return await check()
  } catch {
    return null
  }
}
