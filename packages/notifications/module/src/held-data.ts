import { about, emptied, type HeldData } from '@lightpress/kernel'
import { and, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import { alias, QueryBuilder } from 'drizzle-orm/pg-core'
import type { NotificationsContext } from './context.ts'
import { message, notification, reader, subscription } from './schema.ts'

/** That a mail was sent, when and why, stays: with ids only. */
const addressGoes = { recipient: null, error: null }

/**
 * What notifications holds about people and organisations. A person's inbox is theirs: what it says of an organisation
 * goes with them, and not with the organisation.
 */
export const data: HeldData<NotificationsContext> = {
  holdings: [
    {
      // Links that somebody asked for by their address: which person they were for is auth's to know. Not handed over,
      // because an address can have been somebody else's since.
      name: 'addresses of e-mails that were asked for by address',
      table: message,
      person: about(
        (id) => and(isNull(message.userId), inArray(message.recipient, addressesOf(id))),
        emptied(addressGoes),
      ),
      unexported: true,
    },
    {
      name: 'e-mails',
      table: message,
      person: about((id) => eq(message.userId, id), emptied(addressGoes)),
      organization: about((id) => eq(message.organizationId, id), emptied({ ...addressGoes, data: {} })),
    },
    { name: 'notifications', table: notification, person: about((id) => eq(notification.userId, id)) },
    // A number, which goes with what it numbers.
    { name: 'inbox', table: reader, person: about((id) => eq(reader.userId, id)) },
    {
      name: 'state of the subscription that was told',
      table: subscription,
      organization: about((id) => eq(subscription.organizationId, id)),
    },
  ],
}

const query = new QueryBuilder()
const own = alias(message, 'own')

/** Where a person was written to as themselves. */
function addressesOf(userId: string) {
  return query
    .select({ recipient: own.recipient })
    .from(own)
    .where(and(eq(own.userId, userId), isNotNull(own.recipient)))
}
