import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import { Badge } from '../../ui/badge.tsx'
import { stateOf, stateWords } from './endpoint-state.ts'

export function EndpointBadge(props: { endpoint: WebhookEndpoint }) {
  const words = () => stateWords[stateOf(props.endpoint)]
  return <Badge tone={words().tone}>{words().label}</Badge>
}
