import {
  emailChangeRequested,
  magicLinkRequested,
  passwordResetRequested,
  recoveryDue,
  recoveryRequested,
  registrationRequested,
  securityAlerted,
} from '@lightpress/auth-contract'
import { on } from '@lightpress/kernel'
import { userCreated } from '@lightpress/users-contract'
import { alertNotice } from './alerts/texts.ts'
import type { NotificationsContext } from './context.ts'
import { queueMessage } from './messages.ts'
import { notify } from './notify.ts'
import { readPerson } from './recipients.ts'
import { welcome } from './texts.ts'

export const onRegistrationRequested = on(registrationRequested, {
  async handle({ id: eventId, payload: { registrationId } }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'registration', registrationId })
  },
})

export const onPasswordResetRequested = on(passwordResetRequested, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'password_reset', data })
  },
})

export const onMagicLinkRequested = on(magicLinkRequested, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'magic_link', data })
  },
})

export const onRecoveryRequested = on(recoveryRequested, {
  async handle({ id: eventId, payload: { recoveryId } }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'recovery', data: { recoveryId, purpose: 'requested' } })
  },
})

export const onRecoveryDue = on(recoveryDue, {
  async handle({ id: eventId, payload: { recoveryId } }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'recovery', data: { recoveryId, purpose: 'due' } })
  },
})

/** One mail to each of the two addresses, whoever has them. */
export const onEmailChangeRequested = on(emailChangeRequested, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    for (const template of ['email_change_old', 'email_change_new'] as const)
      await queueMessage(tx, { eventId, template, data })
  },
})

/** By e-mail, and in the inbox for whoever is signed in. A recovery has mails of its own, with the link to stop it. */
export const onSecurityAlerted = on(securityAlerted, {
  async prepare({ payload: { auditEntryId, userId } }, ctx: NotificationsContext) {
    const { alert } = await ctx.calls.auth.readSecurityAlert({ auditEntryId })
    const person = await readPerson(userId, ctx)
    return alert && person ? { alert, person } : null
  },
  async handle({ id: eventId, payload: { auditEntryId } }, { tx, prepared: known }, ctx) {
    if (!known) return
    const { alert, person: to } = known
    const mail =
      alert.action === 'recovery_requested' ? null : { template: 'security_alert' as const, data: { auditEntryId } }
    const text = alertNotice(alert, to.locale)
    await notify(tx, { eventId, notices: [{ to, category: 'security', text, link: '/security', mail }] }, ctx)
  },
})

export const onUserCreated = on(userCreated, {
  prepare: ({ payload }, ctx: NotificationsContext) => readPerson(payload.userId, ctx),
  async handle({ id: eventId }, { tx, prepared: to }, ctx) {
    if (!to) return
    // No mail: whoever is new is in the product, and just came from one.
    const notice = { to, category: 'product' as const, text: welcome(to.locale), link: '/dashboard', mail: null }
    await notify(tx, { eventId, notices: [notice] }, ctx)
  },
})
