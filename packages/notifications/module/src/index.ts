import { auth } from '@lightpress/auth-contract'
import { defineModule } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { users } from '@lightpress/users-contract'
import { config } from './config.ts'
import { setup } from './context.ts'
import { deliver } from './deliver.ts'
import { deliverAgain } from './deliver-again.ts'
import { forgetRecipients } from './forget-recipients.ts'
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
import { onErasureFinished, onExportReady, onInvitationSent, onMembershipChanged } from './on-people-events.ts'
import { streamNotifications } from './stream.ts'
import { restoreAddress } from './addresses.ts'
import { archiveNotification, markUnread, restoreNotification } from './inbox-archive.ts'
import { adminLiftSuppression, adminListMessages, adminListSuppressions } from './operators-mail.ts'
import { adminListDeadLetters, adminListQueues, adminReplayDeadLetters } from './operators-queues.ts'
import { adminReadTimeline } from './operators-trail.ts'
import { getPreferences, updatePreferences } from './preferences.ts'
import { resendWebhook } from './resend-webhook.ts'
import { readUnsubscribe, unsubscribe } from './unsubscribe.ts'
import { getWebhookDelivery, listWebhookDeliveries, replayWebhookDelivery } from './webhooks/deliveries.ts'
import { createWebhookEndpoint, deleteWebhookEndpoint, getWebhookEndpoint, listWebhookEndpoints, rotateWebhookSecret, testWebhookEndpoint, updateWebhookEndpoint } from './webhooks/endpoints.ts'

export const notifications = defineModule({
  contract,
  needs: { auth, users },
  config,
  migrations: new URL('../migrations', import.meta.url),
  data,
  setup,
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
    adminReplayDeadLetters,
    adminReadTimeline,
    getPreferences,
    updatePreferences,
    resendWebhook,
    readUnsubscribe,
    unsubscribe,
    getWebhookDelivery,
    listWebhookDeliveries,
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
    onExportReady,
    onErasureFinished,
    onInvoicePaid,
    onInvoicePaymentFailed,
    onTrialEnding,
    onSubscriptionChanged,
  ],
  jobs: [deliver],
  schedules: [
    { name: 'deliver-again', cron: '*/5 * * * *', run: deliverAgain },
    { name: 'forget-recipients', cron: '17 3 * * *', run: forgetRecipients },
  ],
})
