import type { WebhookDelivery, WebhookEventType } from '@lightpress/notifications-contract'

interface EventTypeGroup {
  title: string
  items: readonly WebhookEventType[]
}

/** What an endpoint can hear of, by what it is about. */
export const eventTypeGroups: readonly EventTypeGroup[] = [
  { title: 'Members', items: ['member.joined', 'member.left', 'member.removed', 'member.role_changed'] },
  { title: 'Subscription', items: ['subscription.changed', 'subscription.trial_ending'] },
  { title: 'Invoices', items: ['invoice.paid', 'invoice.payment_failed'] },
]

export const eventTypes: readonly WebhookEventType[] = eventTypeGroups.flatMap(({ items }) => items)

const words: Record<WebhookDelivery['eventType'], string> = {
  'member.joined': 'Somebody joined',
  'member.left': 'Somebody left',
  'member.removed': 'Somebody was removed',
  'member.role_changed': 'A role changed',
  'subscription.changed': 'The subscription changed',
  'subscription.trial_ending': 'A trial is about to end',
  'invoice.paid': 'An invoice was paid',
  'invoice.payment_failed': 'A payment failed',
  'webhooks.test': 'Test',
}

/** A newer server may send what this page has no words for yet. */
export function eventTypeWords(type: WebhookDelivery['eventType']): string {
  return Object.hasOwn(words, type) ? words[type] : type
}

/** All that can stand in the log, by its words. */
export const loggedTypes = Object.entries(words).map(([value, label]) => ({
  value: value as WebhookDelivery['eventType'],
  label,
}))
