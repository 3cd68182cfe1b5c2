import type { Endpoint } from './http/endpoint.ts'
import { charges } from './objects/charges.ts'
import { checkoutSessions } from './objects/checkout-sessions.ts'
import { customers } from './objects/customers.ts'
import { events } from './objects/event-log.ts'
import { invoicePayments, invoices } from './objects/invoices.ts'
import { paymentIntents } from './objects/payment-intents.ts'
import { paymentMethods } from './objects/payment-methods.ts'
import { portalSessions } from './objects/portal-sessions.ts'
import { prices } from './objects/prices.ts'
import { products } from './objects/products.ts'
import { subscriptions } from './objects/subscriptions.ts'
import { webhookEndpoints } from './objects/webhook-endpoints.ts'

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
