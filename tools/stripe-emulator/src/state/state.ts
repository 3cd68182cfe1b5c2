import type Stripe from 'stripe'
import type { Stored } from './stored.ts'

export type Charge = Stored<Stripe.Charge>
export type CheckoutSession = Stored<Stripe.Checkout.Session>
export type Customer = Stored<Stripe.Customer>
export type DeletedCustomer = Stored<Stripe.DeletedCustomer>
export type Invoice = Stored<Stripe.Invoice>
export type InvoiceLine = Stored<Stripe.InvoiceLineItem>
export type InvoicePayment = Stored<Stripe.InvoicePayment>
export type LineItem = Stored<Stripe.LineItem>
export type PaymentIntent = Stored<Stripe.PaymentIntent>
export type PaymentMethod = Stored<Stripe.PaymentMethod>
export type PortalSession = Stored<Stripe.BillingPortal.Session>
export type Price = Stored<Stripe.Price>
export type Product = Stored<Stripe.Product>
export type Subscription = Stored<Stripe.Subscription>
export type SubscriptionItem = Stored<Stripe.SubscriptionItem>
export type WebhookEndpoint = Stored<Stripe.WebhookEndpoint>

/** An event keeps what its object was at that moment. */
export interface EventRecord {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: object; previous_attributes?: object }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: Stripe.Event.Type
}

/** What a checkout session must remember beside what it shows. */
export interface CheckoutOrder {
  lineItems: LineItem[]
  subscription: { metadata: Record<string, string>; description: string | null; trialDays: number | null }
  /** The payment that was declined and is tried again with the next card. */
  paymentIntent: string | null
}

export interface EndpointRecord {
  endpoint: WebhookEndpoint
  secret: string
  /** Its place among the endpoints given at start; null for one that was created over the API. */
  configured: number | null
}

/** One event on its way to one endpoint. Times are wall-clock milliseconds: the receiver lives in real time. */
export interface Delivery {
  id: string
  event: string
  type: string
  endpoint: string
  url: string
  status: 'pending' | 'delivered' | 'failed'
  attempts: number
  created: number
  due: number
  lastAttempt: number | null
  answer: string | null
}

export interface IdempotentAnswer {
  request: string
  path: string
  fingerprint: string
  status: number
  body: string
  created: number
}

/** Everything the stand-in knows, each map from id to object in the order of creation. */
export interface State {
  customers: Map<string, Customer | DeletedCustomer>
  products: Map<string, Product>
  prices: Map<string, Price>
  checkoutSessions: Map<string, CheckoutSession>
  checkoutOrders: Map<string, CheckoutOrder>
  portalSessions: Map<string, PortalSession>
  subscriptions: Map<string, Subscription>
  invoices: Map<string, Invoice>
  invoicePayments: Map<string, InvoicePayment>
  paymentMethods: Map<string, PaymentMethod>
  paymentIntents: Map<string, PaymentIntent>
  charges: Map<string, Charge>
  events: Map<string, EventRecord>
  endpoints: Map<string, EndpointRecord>
  deliveries: Map<string, Delivery>
  idempotentAnswers: Map<string, IdempotentAnswer>
}

export function emptyState(): State {
  return {
    customers: new Map(),
    products: new Map(),
    prices: new Map(),
    checkoutSessions: new Map(),
    checkoutOrders: new Map(),
    portalSessions: new Map(),
    subscriptions: new Map(),
    invoices: new Map(),
    invoicePayments: new Map(),
    paymentMethods: new Map(),
    paymentIntents: new Map(),
    charges: new Map(),
    events: new Map(),
    endpoints: new Map(),
    deliveries: new Map(),
    idempotentAnswers: new Map(),
  }
}
