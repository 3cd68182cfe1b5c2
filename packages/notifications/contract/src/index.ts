import { defineContract } from '@lightpress/protocol'
import { inboxOperations } from './inbox.ts'
import { operatorOperations, operatorReasons } from './operators.ts'
import { preferenceOperations, preferenceReasons } from './preferences.ts'
import { webhookOperations, webhookReasons } from './webhook-endpoints.ts'

export { MailRecord, Suppression } from './operators.ts'
export {
  DigestPlan,
  EmailMode,
  InboxMode,
  PreferenceChanges,
  Preferences,
  QuietHours,
  Unsubscribe,
} from './preferences.ts'
export { Category, Notification, streamEvents, UnreadCount } from './shapes.ts'
export {
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookEndpoint,
  webhookEndpointChanged,
  WebhookEndpointWithSecret,
  WebhookEventType,
} from './webhook-endpoints.ts'

export const notifications = defineContract(
  'notifications',
  { ...inboxOperations, ...preferenceOperations, ...webhookOperations, ...operatorOperations },
  {
    reasons: [
      'notifications.not_found',
      'notifications.too_many_streams',
      ...preferenceReasons,
      ...webhookReasons,
      ...operatorReasons,
    ],
  },
)
