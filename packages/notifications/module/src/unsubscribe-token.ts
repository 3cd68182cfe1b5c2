import { z } from 'zod'
import type { Message } from './deliver.ts'
import type { Stop } from './mails/stop.ts'
import type { Switch } from './preference-rules.ts'
import type { Secrets } from './secrets.ts'

/** Whom a token is for, and what it switches. */
export interface Unsubscription {
  userId: string
  what: Switch
}

const Content = z.tuple([z.uuid(), z.enum(['account', 'billing', 'product', 'digest']), z.literal('email')])

/**
 * What stands in a mail to stop others like it, for as long as the mail is kept: it does not expire, says nothing that its
 * reader does not know, and is good for one person, one category (or digests) and one channel.
 */
export function unsubscribeToken({ userId, what }: Unsubscription, secrets: Pick<Secrets, 'mac'>): string {
  const content = `${userId}.${what}.email`
  return `${content}.${secrets.mac('unsubscribe', content)}`
}

/** How a message can be stopped. Security notices and what was asked for cannot. */
export function stopOf({ userId, template, category }: Message, secrets: Pick<Secrets, 'mac'>): Stop | null {
  const what = template === 'digest' ? template : category
  if (userId === null || what === null || what === 'security') return null
  return { what, token: unsubscribeToken({ userId, what }, secrets) }
}

/** Null for one that we did not make. */
export function readUnsubscribeToken(token: string, secrets: Pick<Secrets, 'isMac'>): Unsubscription | null {
  const end = token.lastIndexOf('.')
  const content = token.slice(0, Math.max(end, 0))
  if (!secrets.isMac('unsubscribe', token.slice(end + 1), content)) return null
  const parsed = Content.safeParse(content.split('.'))
  return parsed.success ? { userId: parsed.data[0], what: parsed.data[1] } : null
}
