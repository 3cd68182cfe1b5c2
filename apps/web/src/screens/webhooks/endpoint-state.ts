import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

/** `given_up`: we switched it off, because it took nothing for days; `gone`: because it said that it is gone. */
export type EndpointState = 'enabled' | 'failing' | 'disabled' | 'given_up' | 'gone'

export function stateOf({
  status,
  disabledBecause,
  failingSince,
}: Pick<WebhookEndpoint, 'status' | 'disabledBecause' | 'failingSince'>): EndpointState {
  if (status === 'enabled') return failingSince === null ? 'enabled' : 'failing'
  if (disabledBecause === 'failing') return 'given_up'
  return disabledBecause === 'gone' ? 'gone' : 'disabled'
}

export const stateWords: Record<EndpointState, { label: string; tone: NonNullable<BadgeProps['tone']> }> = {
  enabled: { label: 'Enabled', tone: 'success' },
  failing: { label: 'Failing', tone: 'warning' },
  disabled: { label: 'Disabled', tone: 'neutral' },
  given_up: { label: 'Disabled: it failed', tone: 'danger' },
  gone: { label: 'Disabled: gone', tone: 'danger' },
}
