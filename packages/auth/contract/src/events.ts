import { defineEvent } from '@lightpress/protocol'
import { z } from 'zod'

// Ids only: who it is and what a mail says is asked for when the mail is written.

export const registrationRequested = defineEvent(
  'auth.registration.requested.v1',
  z.object({ registrationId: z.uuid() }),
  { listeners: ['notifications'] },
)

/** Whether anybody has the address shows when the mail is written: see `readPasswordResetMail`. */
export const passwordResetRequested = defineEvent(
  'auth.password_reset.requested.v1',
  z.object({ passwordResetId: z.uuid() }),
  { listeners: ['notifications'] },
)

/** As with a reset: whether anybody has the address shows when the mail is written. */
export const magicLinkRequested = defineEvent('auth.magic_link.requested.v1', z.object({ ticketId: z.uuid() }), {
  listeners: ['notifications'],
})

/** All second factors are said to be lost: the person is told, and can stop it. */
export const recoveryRequested = defineEvent('auth.recovery.requested.v1', z.object({ recoveryId: z.uuid() }), {
  listeners: ['notifications'],
})

/** It has waited long enough, and nobody stopped it. */
export const recoveryDue = defineEvent('auth.recovery.due.v1', z.object({ recoveryId: z.uuid() }), {
  listeners: ['notifications'],
})

export const emailChangeRequested = defineEvent(
  'auth.email_change.requested.v1',
  z.object({ emailChangeId: z.uuid() }),
  { listeners: ['notifications'] },
)

/** The address is read from `readEmail`, so that two changes told in the wrong order end with the later one. */
export const emailChanged = defineEvent('auth.email.changed.v1', z.object({ userId: z.uuid() }), {
  listeners: ['users'],
})

/** Something about their account that a person should hear of, whether they did it or somebody else. */
export const securityAlerted = defineEvent(
  'auth.security.alerted.v1',
  z.object({ auditEntryId: z.uuid(), userId: z.uuid() }),
  { listeners: ['notifications'] },
)
