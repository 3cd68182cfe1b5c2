import { command, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { LinkToken, Mode, Password, SignedIn } from './signed-in.ts'

/** What somebody proves themself with beside the password. A recovery code stands for one that was lost, once. */
export const SecondFactor = z.enum(['totp', 'passkey', 'recovery_code'])
export type SecondFactor = z.infer<typeof SecondFactor>

/**
 * One factor was right, and the account has a second. `challenge` is worth nothing but to go on with: for ten minutes,
 * once, and in `cookie` mode in this browser only.
 */
export const SecondFactorRequired = z.object({
  mfaRequired: z.literal(true),
  challenge: z.string(),
  /** What the account has; any one of them will do. */
  factors: z.array(SecondFactor),
  expiresAt: z.iso.datetime(),
})
export type SecondFactorRequired = z.infer<typeof SecondFactorRequired>

/** What a first factor opens: a session, or the way to the second factor. */
export const SignInAnswer = z.union([SecondFactorRequired, SignedIn])
export type SignInAnswer = z.infer<typeof SignInAnswer>

/** From the step before: see `SecondFactorRequired`. */
export const Challenge = z.string().max(200)
/** Six digits of RFC 6238, or a recovery code, as somebody types them. */
const Code = z.string().trim().max(60)

export const Passkey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Copied to the person's other devices by whoever keeps it (iCloud, Google, a password manager). */
  synced: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type Passkey = z.infer<typeof Passkey>
const PasskeyName = z.string().trim().min(1).max(60)

/** Options and answers of WebAuthn Level 3 are passed between the browser's API and the library's as they are. */
const WebAuthnOptions = z.record(z.string(), z.unknown())
const Base64Url = z
  .string()
  .max(16_384)
  .regex(/^[\w-]*$/)
/** PublicKeyCredential.toJSON() of a new passkey (WebAuthn Level 3, 5.1, RegistrationResponseJSON). */
export const NewPasskey = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['cross-platform', 'platform']).nullish(),
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
})
export type NewPasskey = z.infer<typeof NewPasskey>
/** The same of one that answers a challenge (AuthenticationResponseJSON). */
export const PasskeyAnswer = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['cross-platform', 'platform']).nullish(),
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.nullish(),
  }),
})
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>

const PasskeyOptions = z.object({
  /** Good once, for five minutes, for this and in this browser only; comes back with the answer. */
  ticket: z.string(),
  options: WebAuthnOptions,
})
export const PasskeyProof = z.object({ ticket: Challenge, answer: PasskeyAnswer })

/** Ten codes, shown this once. */
const RecoveryCodes = z.array(z.string())

/** A wish to be rid of second factors that were lost. It waits, so that whoever still has one can stop it. */
const Recovery = z.object({
  requestedAt: z.iso.datetime(),
  /** From then on it can be completed, until `expiresAt`. */
  availableAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Recovery = z.infer<typeof Recovery>

/** A sign-in at another provider that opens this account. */
const LinkedSignIn = z.object({
  id: z.uuid(),
  /** As `OIDC_PROVIDERS` calls it; it may be configured no more. */
  provider: z.string(),
  providerName: z.string(),
  /** As the provider said when it was last used. */
  email: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
})
export type LinkedSignIn = z.infer<typeof LinkedSignIn>

/** All that a person can prove themself with. */
export const Credentials = z.object({
  password: z.boolean(),
  totp: z.object({ confirmedAt: z.iso.datetime() }).nullable(),
  passkeys: z.array(Passkey),
  /** Null for whoever has no second factor, and so none. */
  recoveryCodesLeft: z.number().int().nullable(),
  linkedSignIns: z.array(LinkedSignIn),
  recovery: Recovery.nullable(),
})
export type Credentials = z.infer<typeof Credentials>

/** How a person proves once more who they are. With a second factor it is that which counts, and not the password. */
export const StepUpProof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), password: Password }),
  z.object({ kind: z.literal('totp'), code: Code }),
  z.object({ kind: z.literal('recovery_code'), code: Code }),
  z.object({ kind: z.literal('passkey'), ticket: Challenge, answer: PasskeyAnswer }),
])
export type StepUpProof = z.infer<typeof StepUpProof>

export const factorOperations = {
  getCredentials: query({
    path: '/v1/auth/credentials',
    access: 'user',
    summary: 'All that the person can prove themself with.',
    input: z.object({}),
    output: Credentials,
  }),
  stepUp: raw({
    method: 'POST',
    path: '/v1/auth/step-up',
    access: 'user',
    assurance: 'self',
    summary:
      'Proves once more who it is, for what asks for a recent proof; answers the tokens of a session in place of this one.',
    input: z.object({ proof: StepUpProof }),
    output: SignedIn,
  }),
  startPasskeyStepUp: raw({
    method: 'POST',
    path: '/v1/auth/step-up/passkey',
    access: 'user',
    assurance: 'self',
    summary: 'What to ask the browser for, so that a passkey proves once more who it is.',
    input: z.object({}),
    output: PasskeyOptions,
  }),

  enrollTotp: command({
    path: '/v1/auth/totp/enroll',
    access: 'user',
    assurance: 'recent',
    summary:
      'Makes the secret of an authenticator app (RFC 6238). It counts once it is confirmed; the last one made does.',
    input: z.object({}),
    output: z.object({
      /** Base32, for whoever types it. */
      secret: z.string(),
      /** `otpauth://totp/…`, for the QR code. */
      uri: z.string(),
    }),
  }),
  confirmTotp: command({
    path: '/v1/auth/totp/confirm',
    access: 'user',
    assurance: 'recent',
    summary: 'Turns the authenticator app on by a first code of it.',
    input: z.object({ code: Code }),
    output: z.object({ recoveryCodes: RecoveryCodes.nullable() }),
  }),
  disableTotp: command({
    path: '/v1/auth/totp/disable',
    access: 'user',
    assurance: 'recent',
    summary: 'Turns the authenticator app off. Again is the same as once.',
    input: z.object({}),
    output: z.object({ status: z.literal('disabled') }),
  }),
  verifyTotp: raw({
    method: 'POST',
    path: '/v1/auth/totp/verify',
    access: 'public',
    summary: 'Ends a sign-in with a code of the authenticator app.',
    input: z.object({ challenge: Challenge, code: Code, mode: Mode }),
    output: SignedIn,
  }),
  createRecoveryCodes: command({
    path: '/v1/auth/recovery-codes',
    access: 'user',
    assurance: 'recent',
    summary: 'Makes ten new recovery codes; those of before are worth nothing any more.',
    input: z.object({}),
    output: z.object({ recoveryCodes: RecoveryCodes }),
  }),
  verifyRecoveryCode: raw({
    method: 'POST',
    path: '/v1/auth/recovery-codes/verify',
    access: 'public',
    summary: 'Ends a sign-in with a recovery code, which is used up by it.',
    input: z.object({ challenge: Challenge, code: Code, mode: Mode }),
    output: SignedIn,
  }),

  startPasskeyRegistration: raw({
    method: 'POST',
    path: '/v1/auth/passkeys/registration',
    access: 'user',
    assurance: 'recent',
    summary: 'What to ask the browser for, to make a passkey.',
    input: z.object({}),
    output: PasskeyOptions,
  }),
  registerPasskey: raw({
    method: 'POST',
    path: '/v1/auth/passkeys',
    access: 'user',
    assurance: 'recent',
    summary: 'Adds a passkey that the browser made. Without a name it is called after what made it.',
    status: 201,
    input: z.object({ ticket: Challenge, answer: NewPasskey, name: PasskeyName.optional() }),
    output: z.object({ passkey: Passkey, recoveryCodes: RecoveryCodes.nullable() }),
  }),
  renamePasskey: command({
    method: 'PATCH',
    path: '/v1/auth/passkeys/:id',
    access: 'user',
    assurance: 'self',
    summary: 'Gives a passkey another name.',
    input: z.object({ id: z.uuid(), name: PasskeyName }),
    output: Passkey,
  }),
  removePasskey: command({
    method: 'DELETE',
    path: '/v1/auth/passkeys/:id',
    access: 'user',
    assurance: 'recent',
    summary: 'Takes a passkey away. Again is the same as once.',
    input: z.object({ id: z.uuid() }),
    output: z.object({ status: z.literal('removed') }),
  }),
  startPasskeySignIn: raw({
    method: 'POST',
    path: '/v1/auth/passkeys/sign-in/options',
    access: 'public',
    summary: 'What to ask the browser for, to sign in with a passkey and nothing else.',
    input: z.object({}),
    output: PasskeyOptions,
  }),
  signInWithPasskey: raw({
    method: 'POST',
    path: '/v1/auth/passkeys/sign-in',
    access: 'public',
    summary: 'Signs in with a passkey, which proves two factors at once: that it is at hand, and whose hand it is.',
    input: PasskeyProof,
    output: SignedIn,
  }),
  startPasskeyVerification: raw({
    method: 'POST',
    path: '/v1/auth/passkeys/verify/options',
    access: 'public',
    summary: 'What to ask the browser for, to end a sign-in with a passkey.',
    input: z.object({ challenge: Challenge }),
    output: PasskeyOptions,
  }),
  verifyPasskey: raw({
    method: 'POST',
    path: '/v1/auth/passkeys/verify',
    access: 'public',
    summary: 'Ends a sign-in with a passkey.',
    input: PasskeyProof.extend({ challenge: Challenge }),
    output: SignedIn,
  }),

  requestRecovery: raw({
    method: 'POST',
    path: '/v1/auth/recovery',
    access: 'public',
    summary:
      'Asks to be rid of second factors that were lost, at the end of a sign-in that wants one. Takes three days.',
    status: 202,
    input: z.object({ challenge: Challenge }),
    output: Recovery,
  }),
  completeRecovery: raw({
    method: 'POST',
    path: '/v1/auth/recovery/complete',
    access: 'public',
    summary: 'Takes all second factors away and ends every session, by the link of the mail and another first factor.',
    input: z.object({ challenge: Challenge, token: LinkToken }),
    output: z.object({ status: z.literal('factors_removed') }),
  }),
  cancelRecovery: command({
    path: '/v1/auth/recovery/cancel',
    access: 'public',
    summary: 'Gives up a recovery, by the link of the mail. Again is the same as once.',
    input: z.object({ token: LinkToken }),
    output: z.object({ status: z.literal('cancelled') }),
  }),
  cancelOwnRecovery: command({
    method: 'DELETE',
    path: '/v1/auth/recovery',
    access: 'user',
    assurance: 'self',
    summary: 'Gives up a recovery that waits. Again is the same as once.',
    input: z.object({}),
    output: z.object({ status: z.literal('cancelled') }),
  }),
  readRecoveryMail: query({
    access: 'service',
    summary: 'What to write to a person about the recovery of their account; null once it is over.',
    input: z.object({ recoveryId: z.uuid() }),
    output: z.object({
      mail: z
        .object({
          userId: z.uuid(),
          email: z.string(),
          /** `requested`: it waits until `availableAt`. `due`: it can be completed now, until `expiresAt`. */
          purpose: z.enum(['requested', 'due']),
          availableAt: z.iso.datetime(),
          expiresAt: z.iso.datetime(),
          cancelToken: z.string(),
          /** Only with `due`. */
          completeToken: z.string().nullable(),
        })
        .nullable(),
    }),
  }),
}
