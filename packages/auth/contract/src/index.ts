import {
  command,
  defineContract,
  defineEvent,
  identityOperations,
  query,
  raw,
  VerificationKey,
} from '@lightpress/protocol'
import { z } from 'zod'

export { developmentPeople } from './development-people.ts'

/** The HTML standard's address, so that `admin@localhost` works in development; the mail proves the rest. */
const Email = z
  .string()
  .trim()
  .max(254)
  .pipe(z.email({ pattern: z.regexes.html5Email }))
/** NIST SP 800-63B 3.1.1: length is what counts; no composition rules. */
const NewPassword = z.string().min(12, 'Use at least 12 characters.').max(256)
const Mode = z.enum(['token', 'cookie']).default('token')

const SessionUser = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  organizationId: z.uuid().nullable(),
  role: z.enum(['member', 'admin', 'owner']).nullable(),
  operator: z.boolean(),
})
export type SessionUser = z.infer<typeof SessionUser>

/** In `cookie` mode the tokens are in HttpOnly cookies and not here. `expiresAt` is the access token's. */
export const SignedIn = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  expiresAt: z.iso.datetime(),
  user: SessionUser,
})
export type SignedIn = z.infer<typeof SignedIn>

export const auth = defineContract(
  'auth',
  {
    ...identityOperations,

    signUp: raw({
      method: 'POST',
      path: '/v1/auth/sign-up',
      access: 'public',
      summary: 'Starts a registration; the account exists once the mail is answered. Same answer for every address.',
      status: 201,
      input: z.object({ email: Email, password: NewPassword, name: z.string().trim().min(1).max(100) }),
      output: z.object({ status: z.literal('verification_sent') }),
    }),
    resendVerification: command({
      path: '/v1/auth/email/verification',
      access: 'public',
      summary: 'Sends the verification mail again, if there is something to verify.',
      status: 202,
      input: z.object({ email: Email }),
      output: z.object({ status: z.literal('verification_sent') }),
    }),
    verifyEmail: raw({
      method: 'POST',
      path: '/v1/auth/email/verify',
      access: 'public',
      summary: 'Makes the account and signs in. Needs the browser that signed up, or the password chosen there.',
      input: z.object({ token: z.string().max(500), password: z.string().max(256).optional(), mode: Mode }),
      output: SignedIn,
    }),
    signIn: raw({
      method: 'POST',
      path: '/v1/auth/sign-in',
      access: 'public',
      summary: 'Signs in with e-mail and password.',
      input: z.object({ email: Email, password: z.string().max(256), mode: Mode }),
      output: SignedIn,
    }),
    refreshToken: raw({
      method: 'POST',
      path: '/v1/auth/token/refresh',
      access: 'public',
      summary: 'Trades a refresh token (cookie or body) for new tokens.',
      input: z.object({ refreshToken: z.string().max(500).optional() }),
      output: SignedIn,
    }),
    signOut: raw({
      method: 'POST',
      path: '/v1/auth/sign-out',
      access: 'user',
      summary: 'Ends this session, everywhere within a second.',
      input: z.object({}),
      output: z.object({ status: z.literal('signed_out') }),
    }),
    switchOrganization: raw({
      method: 'POST',
      path: '/v1/auth/session/organization',
      access: 'user',
      summary: 'Makes another organisation the active one; answers a new access token. The refresh token stays.',
      input: z.object({ organizationId: z.uuid() }),
      output: SignedIn,
    }),
    getKeySet: query({
      path: '/.well-known/jwks.json',
      access: 'public',
      summary: 'The JSON Web Key Set that access tokens verify against (RFC 7517).',
      headers: { 'cache-control': 'public, max-age=60' },
      input: z.object({}),
      output: z.object({ keys: z.array(VerificationKey) }),
    }),
    readRegistrationMail: query({
      access: 'service',
      summary: 'What to write to the person who asked for a registration; null once there is nothing to send.',
      input: z.object({ registrationId: z.uuid() }),
      output: z.object({
        mail: z
          .object({
            email: z.string(),
            name: z.string(),
            locale: z.string(),
            purpose: z.enum(['verify', 'already_registered']),
            /** Only with `verify`; opens the account, so it goes into the mail and nowhere else. */
            token: z.string().nullable(),
          })
          .nullable(),
      }),
    }),
  },
  {
    reasons: [
      'auth.wrong_credentials',
      'auth.token_invalid',
      'auth.password_required',
      'auth.password_wrong',
      'auth.refresh_token_invalid',
      'auth.too_many_attempts',
      'auth.not_a_member',
      'auth.busy',
    ],
  },
)

/** Ids only: who it is and what the mail says is asked for when the mail is sent. */
export const registrationRequested = defineEvent(
  'auth.registration.requested.v1',
  z.object({ registrationId: z.uuid() }),
  { listeners: ['notifications'] },
)
