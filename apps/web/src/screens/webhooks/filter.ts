import type { WebhookDelivery } from '@lightpress/notifications-contract'
import { deliveryStatuses } from './delivery-words.ts'
import { loggedTypes } from './event-types.ts'

/** The names that the filter of the log has in the address. */
export type Filter = Partial<Record<'status' | 'type', string>>

export type DeliveryFilter = Partial<Pick<WebhookDelivery, 'status' | 'eventType'>>

/** What the log can be asked. What there is not is left out. */
export function toDeliveryFilter({ status, type }: Filter): DeliveryFilter {
  const knownStatus = deliveryStatuses.find(({ value }) => value === status)
  const knownType = loggedTypes.find(({ value }) => value === type)
  return { ...(knownStatus && { status: knownStatus.value }), ...(knownType && { eventType: knownType.value }) }
}

/** The filter that an address asks for, as it stands there. */
export function parseFilter({ status, type }: Record<string, string | string[] | undefined>): Filter {
  return { ...one('status', status), ...one('type', type) }
}

function one(name: keyof Filter, value: string | string[] | undefined): Filter {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {}
}
