import type Stripe from 'stripe'
import type { State } from '../state/state.ts'

/** The kinds of object that a path of `expand` may lead through, and where they are kept; null where nothing here is one. */
const places = {
  balance_transaction: null,
  charge: 'charges',
  'checkout.session': 'checkoutSessions',
  coupon: 'coupons',
  customer: 'customers',
  customer_balance_transaction: 'balanceTransactions',
  discount: 'discounts',
  invoice: 'invoices',
  invoice_payment: 'invoicePayments',
  invoiceitem: 'invoiceItems',
  item: null,
  line_item: null,
  'billing_portal.configuration': 'portalConfigurations',
  'billing_portal.session': 'portalSessions',
  payment_intent: 'paymentIntents',
  payment_method: 'paymentMethods',
  price: 'prices',
  product: 'products',
  promotion_code: 'promotionCodes',
  refund: 'refunds',
  setup_intent: 'setupIntents',
  subscription: 'subscriptions',
  subscription_item: null,
  subscription_schedule: 'schedules',
  'test_helpers.test_clock': 'testClocks',
  /** What could be expanded at Stripe, but is of a kind that nothing here has, such as a review: it stays null. */
  nothing: null,
} as const satisfies Record<string, keyof State | null>

export type Kind = keyof typeof places

/** What lies behind a field: objects of a kind, by their ids or themselves; or a hash or list on the way to some. */
export type Target = Kind | Branch
export interface Branch {
  readonly [field: string]: Target
}

/** Held against the SDK's type: a field that Stripe does not have does not compile. */
function branch<Resource>() {
  return (fields: Readonly<Partial<Record<keyof Resource & string, Target>>>): Branch => fields as Branch
}

const discounted = { coupon: 'coupon', discount: 'discount', promotion_code: 'promotion_code' } as const
const failed = {
  payment_intent: 'payment_intent',
  payment_method: 'payment_method',
  setup_intent: 'setup_intent',
  source: 'nothing',
} as const

/** All that can be expanded: https://docs.stripe.com/expand */
const branches: Readonly<Partial<Record<Kind, Branch>>> = {
  'billing_portal.configuration': branch<Stripe.BillingPortal.Configuration>()({ application: 'nothing' }),
  'billing_portal.session': branch<Stripe.BillingPortal.Session>()({ configuration: 'billing_portal.configuration' }),
  charge: branch<Stripe.Charge>()({
    application: 'nothing',
    application_fee: 'nothing',
    balance_transaction: 'nothing',
    customer: 'customer',
    failure_balance_transaction: 'nothing',
    on_behalf_of: 'nothing',
    payment_intent: 'payment_intent',
    refunds: { data: 'refund' },
    review: 'nothing',
    source_transfer: 'nothing',
    transfer: 'nothing',
  }),
  'checkout.session': branch<Stripe.Checkout.Session>()({
    customer: 'customer',
    discounts: { coupon: 'coupon', promotion_code: 'promotion_code' },
    invoice: 'invoice',
    line_items: { data: 'item' },
    payment_intent: 'payment_intent',
    payment_link: 'nothing',
    setup_intent: 'setup_intent',
    subscription: 'subscription',
  }),
  coupon: branch<Stripe.Coupon>()({ applies_to: {} }),
  customer: branch<Stripe.Customer>()({
    default_source: 'nothing',
    invoice_settings: { default_payment_method: 'payment_method' },
    subscriptions: { data: 'subscription' },
    test_clock: 'test_helpers.test_clock',
  }),
  customer_balance_transaction: branch<Stripe.CustomerBalanceTransaction>()({
    checkout_session: 'checkout.session',
    credit_note: 'nothing',
    customer: 'customer',
    invoice: 'invoice',
  }),
  discount: branch<Stripe.Discount>()({
    customer: 'customer',
    promotion_code: 'promotion_code',
    source: { coupon: 'coupon' },
  }),
  invoice: branch<Stripe.Invoice>()({
    application: 'nothing',
    confirmation_secret: {},
    customer: 'customer',
    default_payment_method: 'payment_method',
    default_source: 'nothing',
    discounts: 'discount',
    from_invoice: { invoice: 'invoice' },
    last_finalization_error: failed,
    latest_revision: 'invoice',
    lines: { data: 'line_item' },
    on_behalf_of: 'nothing',
    parent: { subscription_details: { subscription: 'subscription' } },
    payments: { data: 'invoice_payment' },
    test_clock: 'test_helpers.test_clock',
    total_discount_amounts: { discount: 'discount' },
  }),
  invoice_payment: branch<Stripe.InvoicePayment>()({
    invoice: 'invoice',
    payment: { charge: 'charge', payment_intent: 'payment_intent' },
  }),
  invoiceitem: branch<Stripe.InvoiceItem>()({
    customer: 'customer',
    discounts: 'discount',
    invoice: 'invoice',
    pricing: { price_details: { price: 'price' } },
    test_clock: 'test_helpers.test_clock',
  }),
  item: branch<Stripe.LineItem>()({ discounts: { discount: 'discount' }, price: 'price' }),
  line_item: branch<Stripe.InvoiceLineItem>()({
    discount_amounts: { discount: 'discount' },
    discounts: 'discount',
    pricing: { price_details: { price: 'price' } },
    subscription: 'subscription',
  }),
  payment_intent: branch<Stripe.PaymentIntent>()({
    application: 'nothing',
    customer: 'customer',
    last_payment_error: failed,
    latest_charge: 'charge',
    on_behalf_of: 'nothing',
    payment_method: 'payment_method',
    review: 'nothing',
    source: 'nothing',
  }),
  payment_method: branch<Stripe.PaymentMethod>()({ customer: 'customer' }),
  price: branch<Stripe.Price>()({ product: 'product', tiers: {} }),
  product: branch<Stripe.Product>()({ default_price: 'price', tax_code: 'nothing' }),
  promotion_code: branch<Stripe.PromotionCode>()({ customer: 'customer', promotion: { coupon: 'coupon' } }),
  refund: branch<Stripe.Refund>()({
    balance_transaction: 'nothing',
    charge: 'charge',
    customer: 'customer',
    failure_balance_transaction: 'nothing',
    payment_intent: 'payment_intent',
    payment_method: 'payment_method',
    source_transfer_reversal: 'nothing',
    transfer_reversal: 'nothing',
  }),
  setup_intent: branch<Stripe.SetupIntent>()({
    application: 'nothing',
    customer: 'customer',
    last_setup_error: failed,
    latest_attempt: 'nothing',
    mandate: 'nothing',
    on_behalf_of: 'nothing',
    payment_method: 'payment_method',
    single_use_mandate: 'nothing',
  }),
  subscription: branch<Stripe.Subscription>()({
    application: 'nothing',
    customer: 'customer',
    default_payment_method: 'payment_method',
    default_source: 'nothing',
    discounts: 'discount',
    items: { data: 'subscription_item' },
    latest_invoice: 'invoice',
    on_behalf_of: 'nothing',
    pending_setup_intent: 'setup_intent',
    schedule: 'subscription_schedule',
    test_clock: 'test_helpers.test_clock',
  }),
  subscription_item: branch<Stripe.SubscriptionItem>()({ discounts: 'discount', price: 'price' }),
  subscription_schedule: branch<Stripe.SubscriptionSchedule>()({
    application: 'nothing',
    customer: 'customer',
    default_settings: { default_payment_method: 'payment_method', on_behalf_of: 'nothing' },
    phases: {
      add_invoice_items: { discounts: discounted, price: 'price' },
      default_payment_method: 'payment_method',
      discounts: discounted,
      items: { discounts: discounted, price: 'price' },
      on_behalf_of: 'nothing',
    },
    subscription: 'subscription',
    test_clock: 'test_helpers.test_clock',
  }),
}

/** What endpoints answer, or list, by the words of their path; of all others nothing can be expanded. */
const answers: Readonly<Record<string, Kind>> = {
  '/v1/billing_portal/configurations': 'billing_portal.configuration',
  '/v1/billing_portal/sessions': 'billing_portal.session',
  '/v1/charges': 'charge',
  '/v1/checkout/sessions': 'checkout.session',
  '/v1/checkout/sessions/line_items': 'item',
  '/v1/coupons': 'coupon',
  '/v1/customers': 'customer',
  '/v1/customers/balance_transactions': 'customer_balance_transaction',
  '/v1/customers/payment_methods': 'payment_method',
  '/v1/invoice_payments': 'invoice_payment',
  '/v1/invoiceitems': 'invoiceitem',
  '/v1/invoices': 'invoice',
  '/v1/invoices/lines': 'line_item',
  '/v1/payment_intents': 'payment_intent',
  '/v1/payment_methods': 'payment_method',
  '/v1/prices': 'price',
  '/v1/products': 'product',
  '/v1/promotion_codes': 'promotion_code',
  '/v1/refunds': 'refund',
  '/v1/setup_intents': 'setup_intent',
  '/v1/subscription_items': 'subscription_item',
  '/v1/subscription_schedules': 'subscription_schedule',
  '/v1/subscriptions': 'subscription',
}

/** Where the paths of `expand` begin for this endpoint. */
export function rootOf({ method, path }: { method: string; path: string }): Target {
  const words = path.split('/').filter((part) => !part.startsWith(':') && part !== 'search')
  // `/v1/invoices/:id/pay` answers as `/v1/invoices` does.
  while (words.length > 3 && !Object.hasOwn(answers, words.join('/'))) words.pop()
  const kind = answers[words.join('/')] ?? 'nothing'
  return method === 'GET' && !/\/:\w+$/.test(path) ? { data: kind } : kind
}

/** What lies behind this field, if something can be expanded there. */
export function behind(target: Target, field: string): Target | undefined {
  const fields = typeof target === 'string' ? (branches[target] ?? {}) : target
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

/** The object of this kind with this id. */
export function objectOf(kind: Kind, id: string, state: State): object | undefined {
  const place = places[kind]
  const found = place === null ? undefined : state[place].get(id)
  return found ?? (kind === 'coupon' ? state.deletedCoupons.get(id) : undefined)
}
