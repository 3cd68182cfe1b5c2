import type Stripe from 'stripe'

/**
 * Where a path of `expand` may begin, by what an endpoint answers: the fields that hold an id, those that hold them
 * further down, and those that are shown only when they are asked for (https://docs.stripe.com/expand). What is not
 * listed is refused before anything is done.
 */
const beginnings: Record<string, readonly string[]> = {
  '/v1/billing_portal/sessions': of<Stripe.BillingPortal.Session>()('configuration'),
  '/v1/charges': of<Stripe.Charge>()(
    'application',
    'application_fee',
    'balance_transaction',
    'customer',
    'failure_balance_transaction',
    'on_behalf_of',
    'payment_intent',
    'refunds',
    'review',
    'source_transfer',
    'transfer',
  ),
  '/v1/checkout/sessions': of<Stripe.Checkout.Session>()(
    'customer',
    'discounts',
    'invoice',
    'line_items',
    'payment_intent',
    'payment_link',
    'setup_intent',
    'subscription',
    'total_details',
  ),
  '/v1/coupons': of<Stripe.Coupon>()('applies_to'),
  '/v1/customers': of<Stripe.Customer>()(
    'default_source',
    'discount',
    'invoice_settings',
    'subscriptions',
    'test_clock',
  ),
  '/v1/customers/balance_transactions': of<Stripe.CustomerBalanceTransaction>()(
    'checkout_session',
    'credit_note',
    'customer',
    'invoice',
  ),
  '/v1/invoice_payments': of<Stripe.InvoicePayment>()('invoice', 'payment'),
  '/v1/invoiceitems': of<Stripe.InvoiceItem>()('customer', 'discounts', 'invoice', 'parent', 'pricing', 'test_clock'),
  '/v1/invoices': of<Stripe.Invoice>()(
    'application',
    'confirmation_secret',
    'customer',
    'default_payment_method',
    'default_source',
    'discounts',
    'lines',
    'on_behalf_of',
    'parent',
    'payments',
    'test_clock',
    'total_discount_amounts',
  ),
  '/v1/payment_intents': of<Stripe.PaymentIntent>()(
    'application',
    'customer',
    'last_payment_error',
    'latest_charge',
    'on_behalf_of',
    'payment_method',
    'review',
    'source',
  ),
  '/v1/payment_methods': of<Stripe.PaymentMethod>()('customer'),
  '/v1/prices': of<Stripe.Price>()('currency_options', 'product', 'tiers'),
  '/v1/products': of<Stripe.Product>()('default_price', 'tax_code'),
  '/v1/promotion_codes': of<Stripe.PromotionCode>()('customer', 'promotion'),
  '/v1/refunds': of<Stripe.Refund>()(
    'balance_transaction',
    'charge',
    'customer',
    'failure_balance_transaction',
    'payment_intent',
    'payment_method',
  ),
  '/v1/setup_intents': of<Stripe.SetupIntent>()(
    'application',
    'customer',
    'last_setup_error',
    'latest_attempt',
    'mandate',
    'on_behalf_of',
    'payment_method',
    'single_use_mandate',
  ),
  '/v1/subscription_items': of<Stripe.SubscriptionItem>()('discounts', 'price'),
  '/v1/subscription_schedules': of<Stripe.SubscriptionSchedule>()(
    'application',
    'customer',
    'default_settings',
    'phases',
    'subscription',
    'test_clock',
  ),
  '/v1/subscriptions': of<Stripe.Subscription>()(
    'application',
    'customer',
    'default_payment_method',
    'default_source',
    'discounts',
    'items',
    'latest_invoice',
    'on_behalf_of',
    'pending_setup_intent',
    'schedule',
    'test_clock',
  ),
}

/** Whether what this endpoint answers may be expanded along this path. What is not listed above may be tried. */
export function mayExpand({ method, path }: { method: string; path: string }, fields: readonly string[]): boolean {
  const [first = '', second = ''] = fields
  const names = path.split('/').filter((part) => !part.startsWith(':') && part !== 'search')
  if (method === 'GET') return beginnings[names.join('/')]?.includes(first === 'data' ? second : first) ?? true
  // `/v1/invoices/:id/pay` answers as `/v1/invoices` does.
  while (names.length > 3 && !beginnings[names.join('/')]) names.pop()
  return beginnings[names.join('/')]?.includes(first) ?? true
}

function of<Resource>() {
  return (...fields: (keyof Resource & string)[]) => fields
}
