import {
  emailChangeRequested,
  magicLinkRequested,
  passwordResetRequested,
  recoveryDue,
  recoveryRequested,
  registrationRequested,
  securityAlerted,
} from '@lightpress/auth-contract'
import { invoicePaid, subscriptionChanged } from '@lightpress/billing-contract'
import { on } from '@lightpress/kernel'
import { userCreated } from '@lightpress/users-contract'
import { alertNotice } from './alerts/texts.ts'
import type { NotificationsContext } from './context.ts'
import { queueMessage } from './messages.ts'
import { notify } from './notify.ts'
import { readManagers, readPerson } from './recipients.ts'
import { hearSubscription } from './subscriptions.ts'
import { paymentReceived, subscriptionNews, welcome } from './texts.ts'

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
  async handle({ id: eventId, payload: { auditEntryId, userId } }, { tx, prepared: known }, ctx) {
    if (!known) return
    if (known.alert.action !== 'recovery_requested')
      await queueMessage(tx, { eventId, template: 'security_alert', userId, data: { auditEntryId } })
    const text = alertNotice(known.alert, known.person.locale)
    await notify(tx, { eventId, notices: [{ userId, category: 'security', ...text, link: '/security' }] }, ctx)
  },
})

export const onUserCreated = on(userCreated, {
  prepare: ({ payload }, ctx: NotificationsContext) => readPerson(payload.userId, ctx),
  async handle({ id: eventId }, { tx, prepared: person }, ctx) {
    if (!person) return
    const notice = { userId: person.id, category: 'account' as const, ...welcome(person.locale), link: '/dashboard' }
    await notify(tx, { eventId, notices: [notice] }, ctx)
  },
})

/** The receipt: an e-mail to keep, and a line in the inbox. */
export const onInvoicePaid = on(invoicePaid, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: { members } }, ctx) {
    const { organizationId, number, planId, total, paidAt } = payload
    const data = { number, planId, total, paidAt }
    for (const { id: userId } of members)
      await queueMessage(tx, { eventId, template: 'receipt', userId, organizationId, data })
    const notices = members.map(({ id, locale }) => billingNotice(id, paymentReceived(data, locale)))
    await notify(tx, { eventId, notices }, ctx)
  },
})

/** Tells what the receipt does not: a plan that was paid for and became active is the receipt's to tell. */
export const onSubscriptionChanged = on(subscriptionChanged, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: { organizationName, members } }, ctx) {
    // The organisation is no more: what is remembered of it now would be so for ever.
    if (organizationName === '') return
    if (!(await hearSubscription(tx, { eventId, ...payload }))) return
    const notices = members.flatMap(({ id, locale }) => {
      const text = subscriptionNews({ ...payload, organizationName }, locale)
      return text ? [billingNotice(id, text)] : []
    })
    await notify(tx, { eventId, notices }, ctx)
  },
})

function billingNotice(userId: string, text: { title: string; body: string }) {
  return { userId, category: 'billing' as const, ...text, link: '/billing' }
}
