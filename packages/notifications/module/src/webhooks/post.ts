import type { NotificationsContext } from '../context.ts'
import type { Answer } from './sender.ts'
import { signedHeaders } from './signing.ts'
import type { Delivery, Endpoint } from './turns.ts'

/** What was asked, where, and what was answered. */
export interface Attempt extends Answer {
  url: string
  requestHeaders: Record<string, string>
}

/** Signed as of now: receivers refuse what was signed minutes ago. `time` in milliseconds. */
export async function post(
  { messageId, body }: Pick<Delivery, 'messageId' | 'body'>,
  endpoint: Endpoint,
  { secrets, webhooks, time }: Pick<NotificationsContext, 'secrets' | 'webhooks'> & { time?: number },
): Promise<Attempt> {
  const requestHeaders = {
    'content-type': 'application/json',
    'user-agent': 'Lightpress-Webhooks/1',
    ...signedHeaders({ messageId, body }, endpoint, { secrets, now: new Date() }),
  }
  const { url } = endpoint
  const sending = { url, headers: requestHeaders, body, ...(time !== undefined && { time }) }
  return { url, requestHeaders, ...(await webhooks.sender.send(sending)) }
}
