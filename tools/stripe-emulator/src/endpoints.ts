import type { Endpoint } from './http/endpoint.ts'
import { searches } from './http/search.ts'
import { charges } from './payments/charge-endpoints.ts'
import { refunds } from './payments/refund-endpoints.ts'
import { setupIntents } from './payments/setup-intent-endpoints.ts'
import { checkoutSessions } from './checkout/checkout-sessions.ts'
import { balanceTransactions } from './customers/balance-transactions.ts'
import { customers } from './customers/customer-endpoints.ts'
import { customerPaymentMethods } from './customers/customer-payment-methods.ts'
import { meterEventAdjustments } from './meters/meter-event-adjustments.ts'
import { meterEvents } from './meters/meter-events.ts'
import { meterEventSummaries } from './meters/meter-event-summaries.ts'
import { meters } from './meters/meters.ts'
import { coupons } from './catalogue/coupons.ts'
import { events } from './webhooks/event-log.ts'
import { invoiceActions } from './invoices/invoice-actions.ts'
import { invoiceChanges } from './invoices/invoice-changes.ts'
import { invoiceItems } from './invoices/invoice-item-endpoints.ts'
import { invoicePayments } from './invoices/invoice-payments.ts'
import { invoices } from './invoices/invoices.ts'
import { invoicePreview } from './invoices/preview-endpoint.ts'
import { paymentIntents } from './payments/payment-intent-endpoints.ts'
import { paymentMethods } from './payments/payment-method-endpoints.ts'
import { portalConfigurations } from './portal/configuration-endpoints.ts'
import { portalSessions } from './portal/portal-sessions.ts'
import { prices } from './catalogue/prices.ts'
import { products } from './catalogue/products.ts'
import { promotionCodes } from './catalogue/promotion-codes.ts'
import { subscriptionItems } from './subscriptions/subscription-items.ts'
import { subscriptions } from './subscriptions/subscriptions.ts'
import { subscriptionSchedules } from './schedules/schedules.ts'
import { testClocks } from './clocks/test-clocks.ts'
import { webhookEndpoints } from './webhooks/webhook-endpoints.ts'

/** All that the stand-in covers of Stripe's API. */
export const endpoints: readonly Endpoint[] = [
  ...customers,
  ...balanceTransactions,
  ...customerPaymentMethods,
  ...meters,
  ...meterEventSummaries,
  ...meterEvents,
  ...meterEventAdjustments,
  ...products,
  ...prices,
  ...coupons,
  ...promotionCodes,
  ...checkoutSessions,
  ...portalConfigurations,
  ...portalSessions,
  ...subscriptions,
  ...subscriptionItems,
  ...invoices,
  ...invoicePreview,
  ...invoiceChanges,
  ...invoiceActions,
  ...invoiceItems,
  ...invoicePayments,
  ...paymentIntents,
  ...paymentMethods,
  ...setupIntents,
  ...charges,
  ...refunds,
  ...searches,
  ...events,
  ...webhookEndpoints,
  ...subscriptionSchedules,
  ...testClocks,
]
