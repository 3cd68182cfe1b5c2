import type Stripe from 'stripe'
import type { ChaosRule } from '../control/chaos-rules.ts'
import { OrderedMap } from './ordered-map.ts'
import { OwnedMap } from './owned-map.ts'
import type { Stored } from './stored.ts'

export type BalanceTransaction = Stored<Stripe.CustomerBalanceTransaction>
export type Charge = Stored<Stripe.Charge>
export type CheckoutSession = Stored<Stripe.Checkout.Session>
export type Coupon = Stored<Stripe.Coupon>
export type Customer = Stored<Stripe.Customer>
export type DeletedCustomer = Stored<Stripe.DeletedCustomer>
export type Discount = Stored<Stripe.Discount>
export type Invoice = Stored<Stripe.Invoice>
export type InvoiceItem = Stored<Stripe.InvoiceItem>
export type InvoiceLine = Stored<Stripe.InvoiceLineItem>
export type InvoicePayment = Stored<Stripe.InvoicePayment>
export type LineItem = Stored<Stripe.LineItem>
export type Meter = Stored<Stripe.Billing.Meter>
export type PaymentIntent = Stored<Stripe.PaymentIntent>
export type PaymentMethod = Stored<Stripe.PaymentMethod>
export type PortalConfiguration = Stored<Stripe.BillingPortal.Configuration>
export type PortalSession = Stored<Stripe.BillingPortal.Session>
export type Price = Stored<Stripe.Price>
export type Product = Stored<Stripe.Product>
export type PromotionCode = Stored<Stripe.PromotionCode>
export type Refund = Stored<Stripe.Refund>
export type SetupIntent = Stored<Stripe.SetupIntent>
export type Subscription = Stored<Stripe.Subscription>
export type SubscriptionItem = Stored<Stripe.SubscriptionItem>
export type SubscriptionSchedule = Stored<Stripe.SubscriptionSchedule>
export type TestClock = Stored<Stripe.TestHelpers.TestClock>
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
  subscription: CheckoutSubscription
  /** Whether the name on the page becomes the name of the customer who was given. */
  savesName: boolean
  /** What is set on the card, if not what Checkout itself would set. */
  allowRedisplay: PaymentMethod['allow_redisplay'] | null
  /** The payment, or where nothing is due the setup of the card, that is tried with one card after the other. */
  paymentIntent: string | null
  setupIntent: string | null
  /** Whom a first attempt has made a customer; the session names them once it is complete. */
  customer: string | null
  /** Who tried to pay last, with which payment method and when: what the bank may still ask them to confirm. */
  attempt: { email: string; name: string | null; paymentMethod: string | null; at: number } | null
}

/** What the subscription of a checkout will be. Times in seconds. */
export interface CheckoutSubscription {
  metadata: Record<string, string>
  description: string | null
  /** A trial of so many days begins when it is completed; one with an end ends then. */
  trialDays: number | null
  trialEnd: number | null
  missingPaymentMethod: 'cancel' | 'create_invoice' | 'pause' | null
  billingCycleAnchor: number | null
  prorationBehavior: 'create_prorations' | 'none'
}

/** What a subscription must remember beside what it shows. */
export interface SubscriptionRecord {
  /** The trial's end of which `trial_will_end` has told, and the period's end of which `invoice.upcoming` has. */
  toldTrialEnd: number | null
  toldUpcoming: number | null
  /** What its items have been charged in advance, until the time that was charged for is over. */
  charges: ItemCharge[]
  /** The invoice whose payment resumes it. */
  resumption: string | null
}

/** What an invoice must remember beside what it shows. */
export interface InvoiceRecord {
  customer: string | null
  /** Whether `invoice.overdue` was told. */
  toldOverdue: boolean
}

/** One charge of one item in advance, net of discounts: what a credit for unused time gives back. */
export interface ItemCharge {
  item: string
  price: string
  quantity: number | null
  /** Minor units. */
  amount: number
  start: number
  end: number
  /** Where it stands: on a line of an invoice, or in an invoice item that waits for its invoice. */
  invoice: string | null
  line: string | null
  invoiceItem: string | null
}

/** What a schedule must remember beside what it shows: the end of which `expiring` has told. */
export interface ScheduleRecord {
  toldEnd: number | null
}

/** One report of usage. `value` is a decimal; a cancelled report counts no more but keeps its identifier. */
export interface UsageRecord {
  identifier: string
  eventName: string
  customer: string
  value: string
  timestamp: number
  created: number
  cancelled: boolean
}

/** What holds for the whole account. */
export interface Settings {
  /** How far the account's clock is ahead of the real one, in seconds. */
  clockOffset: number
  /** Where the account's clock stands still, in seconds; null while it runs. */
  frozenAt: number | null
  /** Until when everything that was due by the account's clock has happened, in seconds. */
  reached: number
  /** The days after each failed payment on which the next attempt is made, and what follows the last one. */
  retries: { days: number[]; then: 'cancel' | 'mark_unpaid' | 'leave_past_due' }
  /** How many days before a renewal `invoice.upcoming` tells of it; 0 for never. */
  upcomingDays: number
  /** Requests a second; null without a limit. */
  rateLimit: number | null
  /** How many times faster than Stripe refused webhooks are tried again. */
  webhookPace: number
  /** How many webhooks may be under way to one endpoint at the same time. */
  webhookConcurrency: number
}

export interface EndpointRecord {
  endpoint: WebhookEndpoint
  secret: string
  /** The secrets before it that still sign as well, each until its moment in wall-clock milliseconds. */
  rolled: { secret: string; until: number }[]
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
  /** How many of the attempts somebody answered, but not with 2xx. */
  refusals: number
  created: number
  /** When it was put on its way: when it was made, or redelivered. */
  since: number
  due: number
  /** Whether the event's `pending_webhooks` counts it: not a duplicate, and not delivered yet. */
  counted: boolean
  /** What a chaos rule did with it. */
  chaos: ChaosRule['effect'] | null
  /** The chaos rule that holds it back. */
  held: string | null
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

/** Everything the stand-in knows, each map from id to object in the order of creation. `matching` takes pages of it. */
export interface State {
  customers: OwnedMap<Customer | DeletedCustomer>
  products: OrderedMap<Product>
  prices: OrderedMap<Price>
  checkoutSessions: OwnedMap<CheckoutSession>
  checkoutOrders: OwnedMap<CheckoutOrder>
  portalSessions: OwnedMap<PortalSession>
  subscriptions: OwnedMap<Subscription>
  invoices: OwnedMap<Invoice>
  invoicePayments: OwnedMap<InvoicePayment>
  paymentMethods: OwnedMap<PaymentMethod>
  paymentIntents: OwnedMap<PaymentIntent>
  charges: OwnedMap<Charge>
  balanceTransactions: OwnedMap<BalanceTransaction>
  coupons: OrderedMap<Coupon>
  /** No longer there to redeem, but their terms live on in the discounts that were redeemed before. */
  deletedCoupons: OrderedMap<Coupon>
  promotionCodes: OrderedMap<PromotionCode>
  discounts: OwnedMap<Discount>
  invoiceItems: OwnedMap<InvoiceItem>
  setupIntents: OwnedMap<SetupIntent>
  refunds: OwnedMap<Refund>
  meters: OrderedMap<Meter>
  /** By identifier. */
  usage: OwnedMap<UsageRecord>
  subscriptionRecords: OwnedMap<SubscriptionRecord>
  invoiceRecords: OwnedMap<InvoiceRecord>
  schedules: OwnedMap<SubscriptionSchedule>
  scheduleRecords: OwnedMap<ScheduleRecord>
  testClocks: OrderedMap<TestClock>
  portalConfigurations: OrderedMap<PortalConfiguration>
  /** The number behind a payment method: what the bank will say to it. */
  cards: OwnedMap<string>
  /** One entry, `account`. */
  settings: OrderedMap<Settings>
  events: OrderedMap<EventRecord>
  /** When each event was recorded, in wall-clock milliseconds: what it carries itself is simulated. */
  eventTimes: OrderedMap<number>
  /** What goes wrong on purpose. */
  chaos: OrderedMap<ChaosRule>
  endpoints: OrderedMap<EndpointRecord>
  deliveries: OrderedMap<Delivery>
  idempotentAnswers: OrderedMap<IdempotentAnswer>
}

export function emptyState(): State {
  return {
    customers: new OwnedMap(),
    products: new OrderedMap(),
    prices: new OrderedMap(),
    checkoutSessions: new OwnedMap(),
    checkoutOrders: new OwnedMap(),
    portalSessions: new OwnedMap(),
    subscriptions: new OwnedMap(),
    invoices: new OwnedMap(),
    invoicePayments: new OwnedMap(),
    paymentMethods: new OwnedMap(),
    paymentIntents: new OwnedMap(),
    charges: new OwnedMap(),
    balanceTransactions: new OwnedMap(),
    coupons: new OrderedMap(),
    deletedCoupons: new OrderedMap(),
    promotionCodes: new OrderedMap(),
    discounts: new OwnedMap(),
    invoiceItems: new OwnedMap(),
    setupIntents: new OwnedMap(),
    refunds: new OwnedMap(),
    meters: new OrderedMap(),
    usage: new OwnedMap(),
    subscriptionRecords: new OwnedMap(),
    invoiceRecords: new OwnedMap(),
    schedules: new OwnedMap(),
    scheduleRecords: new OwnedMap(),
    testClocks: new OrderedMap(),
    portalConfigurations: new OrderedMap(),
    cards: new OwnedMap(),
    settings: new OrderedMap(),
    events: new OrderedMap(),
    eventTimes: new OrderedMap(),
    chaos: new OrderedMap(),
    endpoints: new OrderedMap(),
    deliveries: new OrderedMap(),
    idempotentAnswers: new OrderedMap(),
  }
}
