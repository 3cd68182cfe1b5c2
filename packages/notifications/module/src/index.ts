import { defineModule } from '@lightpress/kernel'
import { notifications as contract, webhookEndpointChanged } from '@lightpress/notifications-contract'
import { config } from './config.ts'
import { needs, setup } from './context.ts'
import { deliver, deliverNews } from './deliver.ts'
import { sendDigests } from './digests.ts'
import { forgetRecipients } from './forget-recipients.ts'
import { giveUp } from './give-up.ts'
import { data } from './held-data.ts'
import { getUnreadCount, listNotifications, markAllRead, markRead } from './inbox.ts'
import { onInvoicePaid, onInvoicePaymentFailed, onSubscriptionChanged, onTrialEnding } from './on-billing-events.ts'
import {
  onEmailChangeRequested,
  onMagicLinkRequested,
  onPasswordResetRequested,
  onRecoveryDue,
  onRecoveryRequested,
  onRegistrationRequested,
  onSecurityAlerted,
  onUserCreated,
} from './on-events.ts'
import {
  onErasureFinished,
  onExportReady,
  onInvitationSent,
  onMembershipChanged,
  onTimeZoneChanged,
} from './on-people-events.ts'
import { streamNotifications } from './stream.ts'
import { restoreAddress } from './addresses.ts'
import { archiveNotification, markUnread, restoreNotification } from './inbox-archive.ts'
import { adminLiftSuppression, adminListMessages, adminListSuppressions } from './operators-mail.ts'
import {
  adminListDeadLetters,
  adminListQueues,
  adminReadLetterStates,
  adminReplayDeadLetters,
} from './operators-queues.ts'
import { adminReadTimeline } from './operators-trail.ts'
import { getPreferences, updatePreferences } from './preferences.ts'
import { resendWebhook } from './resend-webhook.ts'
import { trail } from './trail.ts'
import { openUnsubscribe, readUnsubscribe, unsubscribe } from './unsubscribe.ts'
import { getWebhookDelivery, listWebhookDeliveries } from './webhooks/deliveries.ts'
import { checkWebhooks } from './webhooks/check.ts'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
  updateWebhookEndpoint,
} from './webhooks/endpoints.ts'
import { forgetWebhooks, sendLostWebhooks } from './webhooks/keep.ts'
import { replayMissedWebhooks, replayWebhookDelivery } from './webhooks/replays.ts'
import { resealByHand } from './webhooks/reseal.ts'
import { sendDueWebhook } from './webhooks/send.ts'
import { tellWebhookDisabled } from './webhooks/tell-disabled.ts'
import { testWebhookEndpoint } from './webhooks/test-send.ts'

export const notifications = defineModule({
  contract,
  needs,
  config,
  migrations: new URL('../migrations', import.meta.url),
  data,
  trail,
  vendors: ({ RESEND_BASE_URL = 'https://api.resend.com' }) => ({ resend: RESEND_BASE_URL }),
  setup,
  check: checkWebhooks,
  publishes: [webhookEndpointChanged],
  handlers: {
    listNotifications,
    getUnreadCount,
    markRead,
    markAllRead,
    streamNotifications,
    restoreAddress,
    archiveNotification,
    markUnread,
    restoreNotification,
    adminLiftSuppression,
    adminListMessages,
    adminListSuppressions,
    adminListDeadLetters,
    adminListQueues,
    adminReadLetterStates,
    adminReplayDeadLetters,
    adminReadTimeline,
    getPreferences,
    updatePreferences,
    resendWebhook,
    readUnsubscribe,
    openUnsubscribe,
    unsubscribe,
    getWebhookDelivery,
    listWebhookDeliveries,
    replayMissedWebhooks,
    replayWebhookDelivery,
    createWebhookEndpoint,
    deleteWebhookEndpoint,
    getWebhookEndpoint,
    listWebhookEndpoints,
    rotateWebhookSecret,
    testWebhookEndpoint,
    updateWebhookEndpoint,
  },
  listeners: [
    onRegistrationRequested,
    onPasswordResetRequested,
    onMagicLinkRequested,
    onRecoveryRequested,
    onRecoveryDue,
    onEmailChangeRequested,
    onSecurityAlerted,
    onUserCreated,
    onInvitationSent,
    onMembershipChanged,
    onTimeZoneChanged,
    onExportReady,
    onErasureFinished,
    onInvoicePaid,
    onInvoicePaymentFailed,
    onTrialEnding,
    onSubscriptionChanged,
  ],
  jobs: [deliver, deliverNews, sendDueWebhook, tellWebhookDisabled],
  schedules: [
    { name: 'give-up', cron: '*/5 * * * *', run: giveUp },
    { name: 'send-digests', cron: '*/5 * * * *', run: sendDigests },
    { name: 'forget-recipients', cron: '17 3 * * *', run: forgetRecipients },
    { name: 'send-lost-webhooks', cron: '* * * * *', run: sendLostWebhooks },
    { name: 'forget-webhooks', cron: '27 3 * * *', run: forgetWebhooks },
  ],
  commands: [resealByHand],
})
