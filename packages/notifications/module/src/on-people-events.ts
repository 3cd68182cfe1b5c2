import { on } from '@lightpress/kernel'
import {
  erasureFinished,
  exportReady,
  invitationSent,
  membershipChanged,
  timeZoneChanged,
} from '@lightpress/users-contract'
import type { NotificationsContext } from './context.ts'
import { membershipNews, withSafeNames } from './membership-texts.ts'
import { queueMessage } from './messages.ts'
import { notify } from './notify.ts'
import { readManagers, readPerson } from './recipients.ts'
import { reschedule } from './reschedule.ts'
import { announce } from './webhooks/announce.ts'
import { memberWebhook } from './webhooks/event-types.ts'

export const onInvitationSent = on(invitationSent, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'invitation', data })
  },
})

/** To the person, unless they did it themselves; of who comes and goes those hear who look after the organisation. */
export const onMembershipChanged = on(membershipChanged, {
  async prepare({ payload: { organizationId, userId } }, ctx: NotificationsContext) {
    const { organizationName, members } = await readManagers(organizationId, ctx)
    return { organizationName, managers: members, person: await readPerson(userId, ctx) }
  },
  async handle({ id: eventId, payload }, { tx, prepared: { organizationName, managers, person } }, ctx) {
    await announce(tx, { eventId, ...memberWebhook(payload) })
    // The organisation, or the person, is no more.
    if (organizationName === '' || !person) return
    const { organizationId, change, role, actorId, userId } = payload
    const others = managers.filter(({ id }) => id !== userId && id !== actorId)
    const isOfOther = change === 'joined' || change === 'left'
    const readers = isOfOther ? others : userId === actorId ? [] : [person]
    const facts = { change, role, organizationName, personName: person.name }
    const notices = readers.map((to) => ({
      to,
      category: 'account' as const,
      text: membershipNews(facts, to.locale),
      mailText: membershipNews(withSafeNames(facts), to.locale),
      link: change === 'removed' || change === 'left' ? null : '/organization/members',
      organizationId,
      ...(isOfOther && { aboutUserId: userId }),
    }))
    await notify(tx, { eventId, notices }, ctx)
  },
})

/** Their digest, and what waits for their quiet hours to end, comes when it is that time there. */
export const onTimeZoneChanged = on(timeZoneChanged, {
  prepare: ({ payload }, ctx: NotificationsContext) => readPerson(payload.userId, ctx),
  async handle(_event, { tx, prepared: person }) {
    if (person) await reschedule(tx, person)
  },
})

export const onExportReady = on(exportReady, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'export_ready', data })
  },
})

export const onErasureFinished = on(erasureFinished, {
  async handle({ id: eventId, payload: data }, { tx }, _ctx: NotificationsContext) {
    await queueMessage(tx, { eventId, template: 'erasure_receipt', data })
  },
})
