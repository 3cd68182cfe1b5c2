import { afterCommit, causeOf, newId, type Tx } from '@lightpress/kernel'
import type { Category } from '@lightpress/notifications-contract'
import { sql } from 'drizzle-orm'
import { readChoices } from './choices.ts'
import type { NotificationsContext } from './context.ts'
import { gather } from './digest-windows.ts'
import { changed } from './live.ts'
import { quietUntil } from './local-time.ts'
import { logUnsent, queueMessage, type NoticeMessage, type OwnMessage } from './messages.ts'
import { channelsOf, type Choice } from './preference-rules.ts'
import type { Recipient } from './recipients.ts'
import { notification, reader } from './schema.ts'
import type { Text } from './texts.ts'

/** Something that a person is to hear of. */
export interface Notice {
  to: Recipient
  category: Category
  text: Text
  /** The same for a mail, where it must be said in other words there. */
  mailText?: Text
  /** A path in the product. */
  link: string | null
  /** Whom it names, where that is somebody else. */
  aboutUserId?: string
  organizationId?: string
  /** The mail that tells it better than its text. Null for what no mail is to tell, or tells already. */
  mail?: OwnMessage | null
  /** Whoever reads it in tomorrow's digest reads it too late: where digests are chosen, it is a mail of its own. */
  isUrgent?: true
}

/**
 * Tells each person, as they chose for the category: in the inbox or not; by a mail now, in their next digest, or by none.
 * All that is told goes through here. Mails that were asked for (links, receipts of erasure) are no notices.
 */
export async function notify(
  tx: Tx,
  { eventId, notices }: { eventId: string; notices: readonly Notice[] },
  ctx: Pick<NotificationsContext, 'signals'>,
): Promise<void> {
  const ids = notices.map(({ to }) => to.id)
  const choices = await readChoices(tx, ids)
  // In one order everywhere, so that two events for the same people cannot wait for each other.
  for (const notice of notices.toSorted((a, b) => (a.to.id < b.to.id ? -1 : 1))) {
    const choice = choices(notice.to.id)
    const { inbox, email } = channelsOf(notice.category, choice)
    if (inbox === 'instant') await putIntoInbox(tx, { eventId, notice }, ctx)
    if (notice.mail === null) continue
    if (email === 'off') await logSwitchedOff(tx, { eventId, notice, choice })
    else if (email === 'instant' || notice.isUrgent) await mailNow(tx, { eventId, notice, choice })
    else await gather(tx, { eventId, notice, plan: choice.digest })
  }
}

async function putIntoInbox(
  tx: Tx,
  { eventId, notice: { to, category, text, link, aboutUserId } }: { eventId: string; notice: Notice },
  { signals }: Pick<NotificationsContext, 'signals'>,
): Promise<void> {
  const { id: userId } = to
  const sequence = await nextSequence(tx, userId)
  const why = { eventId, requestId: causeOf(tx).requestId }
  await tx.insert(notification).values({ id: newId(), userId, sequence, category, ...text, link, aboutUserId, ...why })
  // Open streams hear of it once it is committed.
  afterCommit(tx, `${changed} ${userId}`, () => signals.emit(changed, { userId }))
}

/** The row stays locked until the commit, so a later number is never visible before an earlier one. */
async function nextSequence(tx: Tx, userId: string): Promise<number> {
  const [row] = await tx
    .insert(reader)
    .values({ userId, lastSequence: 1 })
    .onConflictDoUpdate({ target: reader.userId, set: { lastSequence: sql`${reader.lastSequence} + 1` } })
    .returning({ sequence: reader.lastSequence })
  return (row as { sequence: number }).sequence
}

/** What is off by default nobody misses. */
async function logSwitchedOff(
  tx: Tx,
  { eventId, notice, choice }: { eventId: string; notice: Notice; choice: Choice },
): Promise<void> {
  const isChosen = notice.category !== 'security' && choice.categories[notice.category] !== undefined
  if (isChosen) await logUnsent(tx, { eventId, ...messageOf(notice) })
}

/** Quiet hours are waited for. */
async function mailNow(
  tx: Tx,
  { eventId, notice, choice }: { eventId: string; notice: Notice; choice: Choice },
): Promise<void> {
  const quiet = notice.category === 'security' ? null : choice.quietHours
  const notBefore = quiet && quietUntil(new Date(), quiet, notice.to.timeZone)
  await queueMessage(tx, { eventId, ...messageOf(notice) }, { notBefore })
}

/** A mail of the event's own where there is one, else the notice itself as a mail. */
function messageOf({ to, category, text, mailText = text, link, aboutUserId, organizationId, mail }: Notice) {
  const content: NoticeMessage = mail ?? { template: 'notice', data: { ...mailText, link, locale: to.locale } }
  return { userId: to.id, category, organizationId, aboutUserId, ...content }
}
