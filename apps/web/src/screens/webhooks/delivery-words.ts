import type { WebhookAttempt, WebhookDelivery } from '@lightpress/notifications-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

interface Told {
  label: string
  tone: NonNullable<BadgeProps['tone']>
}

export const deliveryWords: Record<WebhookDelivery['status'], Told> = {
  pending: { label: 'Pending', tone: 'info' },
  delivered: { label: 'Delivered', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
}

export const deliveryStatuses = Object.entries(deliveryWords).map(([value, { label }]) => ({
  value: value as WebhookDelivery['status'],
  label,
}))

/** How often it was tried and what was answered last, as a row says it. */
export function triesWords({
  status,
  attempts,
  lastStatus,
}: Pick<WebhookDelivery, 'status' | 'attempts' | 'lastStatus'>): string {
  if (attempts === 0) return status === 'pending' ? 'not sent yet' : 'never sent'
  const answer = lastStatus === null ? 'no answer' : `answered ${lastStatus}`
  return attempts === 1 ? answer : `${attempts} attempts, ${answer}${lastStatus === null ? ' to the last' : ' last'}`
}

/** What came of one attempt: its badge. An answer that sends elsewhere is none that takes it. */
export function answerOf({ responseStatus }: Pick<WebhookAttempt, 'responseStatus'>): Told {
  if (responseStatus === null) return { label: 'No answer', tone: 'danger' }
  const taken = responseStatus >= 200 && responseStatus < 300
  return { label: `Answered ${responseStatus}`, tone: taken ? 'success' : 'danger' }
}

/** "240 ms", "1.2 s". */
export function durationWords(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** Headers as they stand in a request, by their names: they are kept in no order. */
export function headerLines(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted()
    .join('\n')
}

/** JSON in lines, to be read; anything else as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/**
 * Milliseconds until it is worth asking again how it stands: soon when an attempt is due, and never more than a minute.
 * Undefined once nothing changes any more.
 */
export function lookAgainAfter(
  { status, nextAttemptAt }: Pick<WebhookDelivery, 'status' | 'nextAttemptAt'>,
  now: number,
): number | undefined {
  if (status !== 'pending') return undefined
  const left = nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt) - now
  return Math.min(60_000, Math.max(3_000, left))
}
