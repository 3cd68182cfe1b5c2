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
])
export type AlertAction = z.infer<typeof AlertAction>

/** Who did what to whom, when, from where. `ip` and `device` are null once they were erased, or for a schedule. */
export const AuditEntry = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  action: AuditAction,
  /** Who did it; null for whoever was not signed in, and for us. */
  actorId: z.uuid().nullable(),
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
  userId: z.uuid().optional(),
  organizationId: z.uuid().optional(),
  /** Inclusive. */
  from: Moment.optional(),
  /** Exclusive. */
  until: Moment.optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

/** An entry of the audit log as the person it is about sees it. */
export const SecurityActivity = AuditEntry.pick({ id: true, at: true, action: true, ip: true, device: true }).extend({
  /** About the session that asks. */
  current: z.boolean(),
})
export type SecurityActivity = z.infer<typeof SecurityActivity>
