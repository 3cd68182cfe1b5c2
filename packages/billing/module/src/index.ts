import {
  billing as contract,
  invoicePaid,
  invoicePaymentFailed,
  subscriptionChanged,
  trialEnding,
} from '@lightpress/billing-contract'
import { defineModule } from '@lightpress/kernel'
import { users } from '@lightpress/users-contract'
import { cancelSubscription, resumeSubscription } from './cancel.ts'
import { changeSubscription } from './change.ts'
import { startCheckout } from './checkout.ts'
import { config } from './config.ts'
import { followOwners, onMembershipChanged } from './contact.ts'
import { setup } from './context.ts'
import { converge } from './converge.ts'
import { getEntitlements, readEntitlements } from './entitlements.ts'
import { data } from './held-data.ts'
import { listInvoices } from './invoices.ts'
import { getNextInvoice } from './next-invoice.ts'
import { convergeNow, listAccounts, readAccount } from './operators/accounts.ts'
import { listReconciliations, startReconciliation } from './operators/reconciliations.ts'
import { listStripeEvents, replayStripeEvent } from './operators/stripe-events.ts'
import { settlePending } from './pending-customers.ts'
import { plans } from './plans.ts'
import { openPortal } from './portal.ts'
import { previewChange } from './preview-change.ts'
import { reconcileCommand, reconcileJob } from './reconcile.ts'
import { schedules } from './schedules.ts'
import { followSeats } from './seats.ts'
import { getSubscription } from './subscriptions.ts'
import { seed, seedPromotion } from './seed.ts'
import { syncPlans, syncPlansByHand } from './sync-plans.ts'
import { trail } from './trail.ts'
import { getUsage } from './usage.ts'
import { recordUsage } from './usage-record.ts'
import { shipUsage } from './usage-shipping.ts'
import { stripeWebhook } from './webhooks.ts'

export const billing = defineModule({
  contract,
  needs: { users },
  config,
  migrations: new URL('../migrations', import.meta.url),
  data,
  trail,
  setup,
  publishes: [subscriptionChanged, trialEnding, invoicePaid, invoicePaymentFailed],
  handlers: {
    listPlans: async () => ({ items: [...plans] }),
    getSubscription,
    getEntitlements,
    readEntitlements,
    startCheckout,
    openPortal,
    previewChange,
    changeSubscription,
    cancelSubscription,
    resumeSubscription,
    listInvoices,
    getNextInvoice,
    getUsage,
    recordUsage,
    listAccounts,
    readAccount,
    convergeNow,
    listStripeEvents,
    replayStripeEvent,
    listReconciliations,
    startReconciliation,
    stripeWebhook,
  },
  listeners: [onMembershipChanged],
  jobs: [converge, syncPlans, seedPromotion, settlePending, followOwners, followSeats, shipUsage, reconcileJob],
  schedules,
  commands: [syncPlansByHand, reconcileCommand],
  vendors: ({ STRIPE_API_BASE }) => ({ stripe: STRIPE_API_BASE }),
  seed,
})
