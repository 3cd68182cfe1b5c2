import { defineEvent } from '@lightpress/protocol'
import { z } from 'zod'
import { Role } from './shapes.ts'

// Ids only: who it is and what a mail says is asked for when the mail is written.

export const userCreated = defineEvent(
  'users.user.created.v1',
  z.object({ userId: z.uuid(), organizationId: z.uuid() }),
  { listeners: ['notifications'] },
)

/** Where a person is, by their profile. What waits for a time of day there goes by it. */
export const timeZoneChanged = defineEvent('users.user.time_zone_changed.v1', z.object({ userId: z.uuid() }), {
  listeners: ['notifications'],
})

/**
 * What a person may do, or whether they may come in at all, is not what it was: `readPrincipal` says what it is now.
 * Access tokens that say otherwise must not be believed any more.
 */
export const accessChanged = defineEvent(
  'users.access.changed.v1',
  z.object({
    userId: z.uuid(),
    change: z.enum(['suspended', 'restored', 'removed', 'role', 'operator_granted', 'operator_revoked']),
    /** Who changed it; null for us. */
    actorId: z.uuid().nullable(),
  }),
  { listeners: ['auth'] },
)

/** Whether anybody may act in an organisation is not what it was: `readOrganizationState` says what it is now. */
export const organizationAccessChanged = defineEvent(
  'users.organization.access_changed.v1',
  z.object({
    organizationId: z.uuid(),
    change: z.enum(['suspended', 'restored', 'closed']),
    actorId: z.uuid().nullable(),
  }),
  { listeners: ['auth'] },
)

/** Who is in an organisation, with which role, is not what it was. */
export const membershipChanged = defineEvent(
  'users.membership.changed.v1',
  z.object({
    organizationId: z.uuid(),
    userId: z.uuid(),
    change: z.enum(['joined', 'left', 'removed', 'role', 'ownership']),
    /** The one they have now; null for whoever is not in it any more. */
    role: Role.nullable(),
    /** Who changed it; null for us. */
    actorId: z.uuid().nullable(),
  }),
  { listeners: ['billing', 'notifications'] },
)

/** Each time that its mail is wanted. */
export const invitationSent = defineEvent('users.invitation.sent.v1', z.object({ invitationId: z.uuid() }), {
  listeners: ['notifications'],
})

export const exportReady = defineEvent('users.export.ready.v1', z.object({ exportId: z.uuid() }), {
  listeners: ['notifications'],
})

export const erasureFinished = defineEvent('users.erasure.finished.v1', z.object({ erasureId: z.uuid() }), {
  listeners: ['notifications'],
})
