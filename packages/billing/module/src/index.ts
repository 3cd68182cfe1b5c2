import { billing as contract, invoicePaid, subscriptionChanged } from '@lightpress/billing-contract'
import { defineModule } from '@lightpress/kernel'
import { users } from '@lightpress/users-contract'
import { startCheckout } from './checkout.ts'
import { config } from './config.ts'
import { followOwners, onMembershipChanged } from './contact.ts'
import { setup } from './context.ts'
import { converge } from './converge.ts'
import { readEntitlements } from './entitlements.ts'
import { data } from './held-data.ts'
import { listInvoices } from './invoices.ts'
import { settlePending } from './pending-customers.ts'
import { plans } from './plans.ts'
import { openPortal } from './portal.ts'
import { schedules } from './schedules.ts'
import { getSubscription } from './subscriptions.ts'
import { seed, syncPlans } from './sync-plans.ts'
import { stripeWebhook } from './webhooks.ts'

export const billing = defineModule({
  contract,
  needs: { users },
  config,
  migrations: new URL('../migrations', import.meta.url),
  data,
  setup,
  publishes: [subscriptionChanged, invoicePaid],
  handlers: {
    listPlans: async () => ({ items: [...plans] }),
    getSubscription,
    readEntitlements,
    startCheckout,
    openPortal,
    listInvoices,
    stripeWebhook,
  },
  listeners: [onMembershipChanged],
  jobs: [converge, syncPlans, settlePending, followOwners],
  schedules,
  seed,
})
