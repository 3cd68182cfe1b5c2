import type { Endpoint } from './http/endpoint.ts'
import { charges } from './payments/charges.ts'
import { checkoutSessions } from './checkout/checkout-sessions.ts'
import { customers } from './customers/customers.ts'
import { events } from './webhooks/event-log.ts'
import { invoicePayments, invoices } from './invoices/invoices.ts'
import { paymentIntents } from './payments/payment-intents.ts'
import { paymentMethods } from './payments/payment-methods.ts'
import { portalSessions } from './portal/portal-sessions.ts'
import { prices } from './catalogue/prices.ts'
import { products } from './catalogue/products.ts'
import { subscriptions } from './subscriptions/subscriptions.ts'
import { webhookEndpoints } from './webhooks/webhook-endpoints.ts'

/** All that the stand-in covers of Stripe's API. */
export const endpoints: readonly Endpoint[] = [
  ...customers,
  ...products,
  ...prices,
  ...checkoutSessions,
  ...portalSessions,
  ...subscriptions,
  ...invoices,
  ...invoicePayments,
  ...paymentIntents,
  ...paymentMethods,
  ...charges,
  ...events,
  ...webhookEndpoints,
]
