import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

/** `given_up`: we switched it off. */
export type EndpointState = 'enabled' | 'failing' | 'disabled' | 'given_up' | 'not_in_plan'

export function stateOf({
  status,
  disabledBecause,
  failingSince,
}: Pick<WebhookEndpoint, 'status' | 'disabledBecause' | 'failingSince'>): EndpointState {
  if (status === 'enabled') return failingSince === null ? 'enabled' : 'failing'
  if (disabledBecause === 'failing') return 'given_up'
  return disabledBecause === 'plan' ? 'not_in_plan' : 'disabled'
}

export const stateWords: Record<EndpointState, { label: string; tone: NonNullable<BadgeProps['tone']> }> = {
  enabled: { label: 'Enabled', tone: 'success' },
  failing: { label: 'Failing', tone: 'warning' },
  disabled: { label: 'Disabled', tone: 'neutral' },
  given_up: { label: 'Disabled: it failed', tone: 'danger' },
  not_in_plan: { label: 'Disabled: not in the plan', tone: 'warning' },
}
