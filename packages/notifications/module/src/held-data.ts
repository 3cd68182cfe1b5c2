import { about, emptied, type HeldData } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { holdPerson } from './hold-person.ts'
import { release } from './release.ts'
import {
  digest,
  digestItem,
  message,
  notification,
  preference,
  providerEvent,
  reader,
  subscription,
  suppression,
} from './schema.ts'
import { suppressedIfPending } from './settle.ts'
import { webhookHoldings } from './webhooks/holdings.ts'
import { lockTurns } from './webhooks/turns.ts'

/**
 * That a mail was sent, when and why, stays: with ids only. One that waits is settled by it: nobody could say any more
 * what is in it, and whoever is sending it at this moment writes nothing down after that.
 */
const addressGoes = emptied({
  recipient: null,
  error: null,
  data: {},
  status: suppressedIfPending,
})

/** The same of a mail to somebody else, which would name them. */
const namesNobody = emptied({
  aboutUserId: null,
  data: {},
  status: suppressedIfPending,
})

/**
 * What notifications holds about people and organisations. A person's inbox is theirs: what it says of an organisation
 * goes with them, and not with the organisation.
 */
export const data: HeldData<NotificationsContext> = {
  holdings: [
    {
      name: 'e-mails',
      table: message,
      person: about((id) => eq(message.userId, id), addressGoes),
      organization: about((id) => eq(message.organizationId, id), addressGoes),
    },
    {
      name: 'notices to others about joining and leaving',
      table: notification,
      person: about((id) => eq(notification.aboutUserId, id)),
      unexported: true,
    },
    {
      name: 'e-mails to others about joining and leaving',
      table: message,
      person: about((id) => eq(message.aboutUserId, id), namesNobody),
      unexported: true,
    },
    {
      name: 'news to others about joining and leaving',
      table: digestItem,
      person: about((id) => eq(digestItem.aboutUserId, id)),
      unexported: true,
    },
    { name: 'news in digests', table: digestItem, person: about((id) => eq(digestItem.userId, id)) },
    { name: 'digests', table: digest, person: about((id) => eq(digest.userId, id)) },
    { name: 'preferences', table: preference, person: about((id) => eq(preference.userId, id)) },
    // An erased address may be written to again, should somebody sign up with it: the provider has its own list.
    {
      name: 'addresses that are not written to',
      table: suppression,
      person: about((id) => eq(suppression.userId, id)),
    },
    { name: 'notifications', table: notification, person: about((id) => eq(notification.userId, id)) },
    // A number, which goes with what it numbers.
    { name: 'inbox counter', table: reader, person: about((id) => eq(reader.userId, id)) },
    {
      name: 'subscription status that notices told',
      table: subscription,
      organization: about((id) => eq(subscription.organizationId, id)),
    },
    ...webhookHoldings,
  ],
  impersonal: [{ table: providerEvent, because: 'That the mail provider told something of a message, by ids.' }],
  hold: (tx, { kind, id }) => (kind === 'person' ? holdPerson(tx, id) : lockTurns(tx, id)),
  release,
}
