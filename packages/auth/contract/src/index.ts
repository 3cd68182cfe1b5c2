import {
  command,
  defineContract,
  DisplayName,
  EmailAddress,
  identityOperations,
  Page,
  pageOf,
  query,
  raw,
  VerificationKey,
} from '@lightpress/protocol'
import { z } from 'zod'
import { AlertAction, AuditEntry, AuditFilter, SecurityActivity } from './audit.ts'
import { Device } from './device.ts'
import { doorOperations } from './doors.ts'
import { factorOperations, SignInAnswer } from './factors.ts'
import { keyOperations, operatorOperations } from './keys-and-operators.ts'
import { LinkToken, Mode, Password, SignedIn } from './signed-in.ts'

export * from './audit.ts'
export * from './device.ts'
export { developmentColleagues, developmentPeople } from './development-people.ts'
export * from './events.ts'
export * from './factors.ts'
export * from './keys-and-operators.ts'
export { SignedIn, type SessionUser } from './signed-in.ts'

/**
 * NIST SP 800-63B 3.1.1: length is what counts; no composition rules. Common and guessable ones are refused, too, as
 * an error of the field (`request.invalid`). A character is a code point: four flags are not eight of them.
 */
const NewPassword = z
  .string()
  .max(256)
  .refine((password) => [...password.normalize('NFC')].length >= 12, 'Use at least 12 characters.')
  .meta({ minLength: 12 })

export const Session = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  /** One in which an operator acts as the person. It is theirs to end all the same. */
  impersonated: z.boolean(),
  device: Device,
  /** Whence it was used last. */
  ip: z.string().nullable(),
  createdAt: z.iso.datetime(),
  /** To within the five minutes that an access token lives. */
  lastUsedAt: z.iso.datetime(),
})
export type Session = z.infer<typeof Session>

export const EmailChange = z.object({
  newEmail: z.string(),
  confirmedByOld: z.boolean(),
  confirmedByNew: z.boolean(),
  requestedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type EmailChange = z.infer<typeof EmailChange>

export const auth = defineContract(
  'auth',
  {
    ...identityOperations,
    ...factorOperations,
    ...doorOperations,
    ...keyOperations,
    ...operatorOperations,

    signUp: raw({
      method: 'POST',
      path: '/v1/auth/sign-up',
      access: 'public',
      summary: 'Starts a registration; the account exists once the mail is answered. Same answer for every address.',
      status: 201,
      input: z.object({ email: EmailAddress, password: NewPassword, name: DisplayName }),
      output: z.object({ status: z.literal('verification_sent') }),
    }),
    resendVerification: raw({
      method: 'POST',
      path: '/v1/auth/email/verification',
      access: 'public',
      summary: 'Sends the verification mail again, if there is something to verify.',
      status: 202,
      input: z.object({ email: EmailAddress }),
      output: z.object({ status: z.literal('verification_sent') }),
    }),
    verifyEmail: raw({
      method: 'POST',
      path: '/v1/auth/email/verify',
      access: 'public',
      summary: 'Makes the account and signs in. Needs the browser that signed up, or the password chosen there.',
      input: z.object({ token: LinkToken, password: Password.optional(), mode: Mode }),
      output: SignedIn,
    }),
    registerByInvitation: raw({
      method: 'POST',
      path: '/v1/auth/sign-up/invitation',
      access: 'public',
      summary:
        'Makes the account of somebody who holds the link of an invitation, and so reads its mail; joins the organisation and signs in there. For an address that has no account.',
      status: 201,
      input: z.object({ token: LinkToken, name: DisplayName, password: NewPassword, mode: Mode }),
      output: SignedIn,
    }),
    signIn: raw({
      method: 'POST',
      path: '/v1/auth/sign-in',
      access: 'public',
      summary: 'Signs in with e-mail and password; whoever has a second factor is asked for it.',
      input: z.object({ email: EmailAddress, password: Password, mode: Mode }),
      output: SignInAnswer,
    }),
    refreshToken: raw({
      method: 'POST',
      path: '/v1/auth/token/refresh',
      access: 'public',
      summary:
        'Trades a refresh token (cookie or body) for new tokens. `auth.session_replaced`: ask again with the newest one.',
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
    listSessions: query({
      path: '/v1/auth/sessions',
      access: 'user',
      summary: "The person's sessions that are not over, the one used last first.",
      input: Page,
      output: pageOf(Session),
    }),
    endSession: command({
      method: 'DELETE',
      path: '/v1/auth/sessions/:id',
      access: 'user',
      assurance: 'self',
      summary: 'Ends one session of the person, everywhere within a second. Again is the same as once.',
      input: z.object({ id: z.uuid() }),
      output: z.object({ status: z.literal('ended') }),
    }),
    endSessions: raw({
      method: 'DELETE',
      path: '/v1/auth/sessions',
      access: 'user',
      assurance: 'self',
      summary: 'Ends all sessions of the person, or with `except=current` all others, everywhere within a second.',
      input: z.object({ except: z.literal('current').optional() }),
      output: z.object({ ended: z.number().int() }),
    }),
    forgotPassword: command({
      path: '/v1/auth/password/forgot',
      access: 'public',
      summary: 'Sends a link to choose a new password, if somebody has the address. Same answer for every address.',
      status: 202,
      input: z.object({ email: EmailAddress }),
      output: z.object({ status: z.literal('mail_sent') }),
    }),
    resetPassword: raw({
      method: 'POST',
      path: '/v1/auth/password/reset',
      access: 'public',
      summary: 'Sets a new password by the link of the mail and ends every session. Does not sign in.',
      input: z.object({ token: LinkToken, password: NewPassword }),
      output: z.object({ status: z.literal('password_reset') }),
    }),
    changePassword: raw({
      method: 'POST',
      path: '/v1/auth/password/change',
      access: 'user',
      assurance: 'self',
      summary: 'Changes the password, ends every session, and answers the tokens of a new one in place of this.',
      input: z.object({ currentPassword: Password, newPassword: NewPassword }),
      output: SignedIn,
    }),
    getEmailChange: query({
      path: '/v1/auth/email/change',
      access: 'user',
      summary: 'The change of address that waits to be confirmed, or null.',
      input: z.object({}),
      output: z.object({ change: EmailChange.nullable() }),
    }),
    changeEmail: command({
      path: '/v1/auth/email/change',
      access: 'user',
      assurance: 'recent',
      summary:
        'Asks both addresses to confirm a new one; it takes the place of an earlier change. Same answer for every address.',
      status: 202,
      input: z.object({ email: EmailAddress }),
      output: z.object({ change: EmailChange }),
    }),
    cancelEmailChange: command({
      method: 'DELETE',
      path: '/v1/auth/email/change',
      access: 'user',
      assurance: 'self',
      summary: 'Gives up the change of address that waits. Again is the same as once.',
      input: z.object({}),
      output: z.object({ status: z.literal('cancelled') }),
    }),
    confirmEmailChange: command({
      path: '/v1/auth/email/change/confirm',
      access: 'public',
      summary: 'Confirms a change of address from one of the two; with the second it takes effect.',
      input: z.object({ token: LinkToken }),
      output: z.object({ status: z.enum(['waiting_for_old', 'waiting_for_new', 'changed']) }),
    }),
    listActivity: query({
      path: '/v1/auth/activity',
      access: 'user',
      summary: "What happened to the security of the person's account, newest first.",
      input: Page,
      output: pageOf(SecurityActivity),
    }),
    listAudit: query({
      path: '/v1/auth/audit',
      access: 'platform',
      summary: 'The audit log, newest first: every act that matters for security.',
      input: AuditFilter.extend(Page.shape),
      output: pageOf(AuditEntry).extend({
        /** Who the ids of this page are, as far as they are somebody still. */
        people: z.array(z.object({ id: z.uuid(), name: z.string(), email: z.string() })),
      }),
    }),
    exportAudit: raw({
      method: 'GET',
      path: '/v1/auth/audit/export',
      access: 'platform',
      summary: 'The audit log, oldest first, one JSON object a line.',
      input: AuditFilter,
      produces: 'application/x-ndjson',
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
            locale: z.string(),
            purpose: z.enum(['verify', 'already_registered']),
            /** Only with `verify`; opens the account, so it goes into the mail and nowhere else. */
            token: z.string().nullable(),
          })
          .nullable(),
      }),
    }),
    readPasswordResetMail: query({
      access: 'service',
      summary: 'What to write to the person who asked for a new password; null when nobody has the address.',
      input: z.object({ passwordResetId: z.uuid() }),
      output: z.object({ mail: z.object({ userId: z.uuid(), email: z.string(), token: z.string() }).nullable() }),
    }),
    readEmailChangeMails: query({
      access: 'service',
      summary: 'What to write to the two addresses of a change of address; none once it is over.',
      input: z.object({ emailChangeId: z.uuid() }),
      output: z.object({
        userId: z.uuid().nullable(),
        mails: z.array(
          z.object({
            email: z.string(),
            /** `address_taken`: the new address has an account; its owner is told, the person who asked is not. */
            purpose: z.enum(['confirm_by_old', 'confirm_by_new', 'address_taken']),
            newEmail: z.string(),
            /** With `confirm_…`; goes into the mail and nowhere else. */
            token: z.string().nullable(),
          }),
        ),
      }),
    }),
    readSecurityAlert: query({
      access: 'service',
      summary: 'What to tell a person about an entry of the audit log, and where to write; null once it is erased.',
      input: z.object({ auditEntryId: z.uuid() }),
      output: z.object({
        alert: z
          .object({
            userId: z.uuid(),
            action: AlertAction,
            /** Where the mail goes: the account's address, or with `email_changed` the old one. */
            email: z.string(),
            at: z.iso.datetime(),
            device: Device.nullable(),
            ip: z.string().nullable(),
          })
          .nullable(),
      }),
    }),
    readEmail: query({
      access: 'service',
      summary: "The address of a person's account; null without an account.",
      input: z.object({ userId: z.uuid() }),
      output: z.object({ email: z.string().nullable() }),
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
      'auth.session_not_found',
      'auth.session_replaced',
      'auth.suspended',
      'auth.same_email',
      'auth.email_taken',
      'auth.busy',
      'auth.challenge_invalid',
      'auth.code_wrong',
      'auth.second_factor_required',
      'auth.totp_not_enrolled',
      'auth.passkey_refused',
      'auth.passkey_known',
      'auth.passkey_not_found',
      'auth.too_many_passkeys',
      'auth.no_second_factor',
      'auth.recovery_not_possible',
      'auth.provider_unknown',
      'auth.provider_unavailable',
      'auth.provider_not_linked',
      'auth.api_key_not_found',
      'auth.scope_unknown',
      'auth.scope_not_yours',
      'auth.too_many_api_keys',
      'auth.not_impersonating',
      'auth.nobody_to_impersonate',
    ],
  },
)
