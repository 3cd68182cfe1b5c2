import { z } from 'zod'
import { defineContract, query } from './contract.ts'

/** A public key of the environment that signs access tokens, as a JSON Web Key (RFC 7517, RFC 8037). */
export const VerificationKey = z.object({
  kid: z.string(),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  x: z.string(),
})
export type VerificationKey = z.infer<typeof VerificationKey>

/**
 * What ended early: one session, one API key, every session of a person below a version, or all that is for one
 * organisation, for as long as it is shut. `sequence` only grows.
 */
export const Revocation = z.object({
  sequence: z.number().int(),
  sessionId: z.uuid().nullable(),
  userId: z.uuid().nullable(),
  /** With `userId`: tokens of that person with a lower session version are refused. */
  minimumVersion: z.number().int().nullable(),
  /** An auth from before there were keys does not say. */
  apiKeyId: z.uuid().nullable().default(null),
  /** Nobody acts in it, by a token or a key, until it is said to be `reopened`. One from before that does not say. */
  organizationId: z.uuid().nullable().default(null),
  reopened: z.boolean().default(false),
})
export type Revocation = z.infer<typeof Revocation>

/** What an API key stands for. */
export const ApiKeyGrant = z.object({
  apiKeyId: z.uuid(),
  organizationId: z.uuid(),
  scopes: z.array(z.string()),
  expiresAt: z.iso.datetime().nullable(),
})
export type ApiKeyGrant = z.infer<typeof ApiKeyGrant>

/**
 * What an API key looks like: the product, its name in lists and logs, and 256 bits that nobody else knows. The fixed
 * beginning lets scanners of source code find one that was left there.
 */
export const apiKeyPattern = /^lp_([0-9a-f]{12})_[0-9a-f]{64}$/

/**
 * What every process asks of the module that issues identity: keys to verify tokens with, what was revoked within the
 * life of a token, and what an API key stands for. The auth contract spreads these into its own.
 */
export const identityOperations = {
  readVerificationKeys: query({
    access: 'service',
    summary: 'The public keys that access tokens may be signed with now.',
    input: z.object({}),
    output: z.object({ keys: z.array(VerificationKey) }),
  }),
  readRevocations: query({
    access: 'service',
    summary:
      'A page of revocations after a sequence number, oldest first; those that no living token can have are left out.',
    input: z.object({ after: z.number().int().min(0) }),
    output: z.object({
      revocations: z.array(Revocation),
      /** Where to go on: later than what was asked for as long as there may be more. */
      latest: z.number().int(),
      /** Says which keys are published; another one than before means to read them again. */
      keySet: z.string(),
    }),
  }),
  readApiKey: query({
    access: 'service',
    summary: 'What the API key with this SHA-256 (base64url) stands for; null when there is none, or none any more.',
    input: z.object({ hash: z.string().length(43) }),
    output: z.object({ apiKey: ApiKeyGrant.nullable() }),
  }),
}

export const identityContract = defineContract('auth', identityOperations)

/** The signal that a module sends after a revocation is committed; the poll behind it makes it certain. */
export const revocationSignal = 'auth.revoked'

/** The signal that a module sends after a key was made or taken away; `keySet` of the poll makes it certain. */
export const keysSignal = 'auth.keys_changed'

/** Fixed by the token's profile: see RFC 8725 3.11 on telling kinds of token apart. */
export const accessToken = { type: 'at+jwt', audience: 'lightpress', lifetimeSeconds: 300 } as const
