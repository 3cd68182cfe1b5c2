import type { Html } from '../pages/html.ts'
import { badge } from '../pages/layout.ts'
import type { Delivery, Invoice, Subscription } from '../state/state.ts'

export function subscriptionBadge({ status, cancel_at: ending, ended_at: ended }: Subscription): Html {
  if (ending !== null && ended === null) return badge('waiting', `${status}, ending`)
  if (status === 'active' || status === 'trialing') return badge('good', status)
  if (status === 'canceled' || status === 'incomplete_expired') return badge('quiet', status)
  return badge(status === 'paused' ? 'waiting' : 'bad', status)
}

export function invoiceBadge({ status, attempt_count: attempts }: Invoice): Html {
  switch (status) {
    case 'paid':
      return badge('good', status)
    case 'open':
      return attempts > 0 ? badge('bad', 'open, not paid') : badge('waiting', status)
    case 'uncollectible':
      return badge('bad', status)
    default:
      return badge('quiet', status ?? 'upcoming')
  }
}

export function deliveryBadge({ status, attempts, held }: Delivery): Html {
  if (status === 'delivered') return badge('good', 'delivered')
  if (status === 'failed') return badge('bad', 'given up')
  if (held) return badge('waiting', 'held back')
  return badge('waiting', attempts > 0 ? 'trying again' : 'waiting')
}
