import { EmailAddress } from '@lightpress/protocol'
import { z } from 'zod'
import { Device } from './device.ts'

/** What the audit log knows. */
export const AuditAction = z.enum([
  'account_created',
  'signed_in',
  'sign_in_failed',
  'sign_in_locked',
  /** A wrong password within a session, where it is asked for again. */
  'password_check_failed',
  'password_check_locked',
  /** A wrong code or passkey, at the end of a sign-in or where it is asked for again. */
  'second_factor_failed',
  'second_factor_locked',
  /** Who it is was proved once more within a session. */
  'stepped_up',
  'magic_link_requested',
  'signed_out',
  /** `sessionId` is the one that was ended, and not the one in which somebody did so. */
  'session_ended',
  'sessions_ended',
  /** A used refresh token came again: two parties hold it, so the session was ended. */
  'refresh_token_replayed',
  'organization_switched',
  'password_reset_requested',
  'password_reset',
  'password_changed',
  'email_change_requested',
  'email_change_confirmed',
  'email_change_cancelled',
  'email_changed',
  'totp_added',
  'totp_removed',
  'passkey_added',
  'passkey_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'sign_in_linked',
  'sign_in_unlinked',
  'recovery_requested',
  'recovery_cancelled',
  /** All second factors were taken away. */
  'recovery_completed',
  'api_key_created',
  'api_key_revoked',
  'impersonation_started',
  'impersonation_ended',
  'access_suspended',
  'access_restored',
  'access_removed',
  'operator_granted',
  'operator_revoked',
  'signing_key_made',
  /** The day was set: at once, or some 75 minutes later, when its last tokens are over. */
  'signing_key_retired',
  'audit_exported',
])
export type AuditAction = z.infer<typeof AuditAction>

/** Of these the person is told: each may be somebody else's doing. */
export const AlertAction = AuditAction.extract([
  'password_changed',
  'password_reset',
  'email_changed',
  'refresh_token_replayed',
  'signed_in',
  'second_factor_locked',
  'totp_added',
  'totp_removed',
  'passkey_added',
  'passkey_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'sign_in_linked',
  'sign_in_unlinked',
  'recovery_requested',
  'recovery_completed',
  'api_key_created',
  'impersonation_started',
])
export type AlertAction = z.infer<typeof AlertAction>

/** What a session was opened with. */
export const SignInMethod = z.enum(['password', 'passkey', 'magic_link', 'oidc', 'registration', 'impersonation'])
export type SignInMethod = z.infer<typeof SignInMethod>

/** Who did what to whom, when, from where. `ip` and `device` are null once they were erased, or for a schedule. */
export const AuditEntry = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: AuditAction,
  /** Who did it; null for whoever was not signed in, and for us. */
  actorId: z.uuid().nullable(),
  /** The operator who acted as the actor. */
  impersonatorId: z.uuid().nullable(),
  /** The API key that it was done with, or that it is about. */
  apiKeyId: z.uuid().nullable(),
  /** Of a sign-in. */
  method: SignInMethod.nullable(),
  /** Of a sign-in, or a proof: what was proved beside the method. */
  factor: z.enum(['totp', 'passkey', 'recovery_code']).nullable(),
  /** Why, in the operator's words; null once it was erased. */
  note: z.string().nullable(),
  /** Whose account it is about; null when nobody has the address. */
  userId: z.uuid().nullable(),
  organizationId: z.uuid().nullable(),
  sessionId: z.uuid().nullable(),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
  device: Device.nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** A moment that the log can be asked about: ISO 8601 has a year 0, PostgreSQL has none. */
const Moment = z.iso.datetime().refine((at) => !at.startsWith('0000-'), 'There is no year 0.')

export const AuditFilter = z.object({
  action: AuditAction.optional(),
  actorId: z.uuid().optional(),
  impersonatorId: z.uuid().optional(),
  /** Only what an operator did who acted as somebody, whichever operator. */
  impersonated: z.literal('true').optional(),
  userId: z.uuid().optional(),
  /** By or about this person, in whichever part: an id, or an address. */
  person: z.union([z.uuid(), EmailAddress]).optional(),
  organizationId: z.uuid().optional(),
  /** Inclusive. */
  from: Moment.optional(),
  /** Exclusive. */
  until: Moment.optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** An entry of the audit log as the person it is about sees it. */
export const SecurityActivity = AuditEntry.pick({
  id: true,
  at: true,
  action: true,
  method: true,
  factor: true,
  ip: true,
  device: true,
}).extend({
  /** About the session that asks. */
  current: z.boolean(),
  /** Done by an operator who acted as the person. */
  impersonated: z.boolean(),
})
export type SecurityActivity = z.infer<typeof SecurityActivity>
