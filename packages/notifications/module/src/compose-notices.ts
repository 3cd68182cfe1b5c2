import { eq } from 'drizzle-orm'
import type { Letter } from './compose.ts'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { readDigestItems } from './digest-items.ts'
import { digestMail } from './mails/digest.ts'
import { noticeMail } from './mails/notice.ts'
import { DigestData, NoticeData } from './messages.ts'
import { readPerson } from './recipients.ts'
import { digest } from './schema.ts'

// Addresses are asked of users here.

export async function composeNotice(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { locale, ...text } = NoticeData.parse(message.data)
  const person = await readPerson(message.userId as string, ctx)
  if (!person) return null
  const category = message.category as NonNullable<Message['category']>
  return { to: person.email, mail: noticeMail({ category, ...text }, { locale, publicUrl: ctx.publicUrl }) }
}

/** Null as well where all of it was read since its window was closed. */
export async function composeDigest(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { digestId } = DigestData.parse(message.data)
  const userId = message.userId as string
  const [window] = await ctx.db.select().from(digest).where(eq(digest.id, digestId))
  const items = await readDigestItems(ctx.db, { digestId, userId })
  const person = window && items.length > 0 ? await readPerson(userId, ctx) : undefined
  if (!window || !person) return null
  const { email: to, locale, timeZone } = person
  return { to, mail: digestMail({ items, until: window.windowEnd, timeZone }, { locale, publicUrl: ctx.publicUrl }) }
}
