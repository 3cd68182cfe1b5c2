import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { invalidRequest, notCovered } from '../http/errors.ts'
import { flag, integer, integerBetween, list, metadata, params, text, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import type { CheckoutSession, Customer, LineItem } from '../state/state.ts'
import { findCustomer } from '../customers/customers.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { findPrice } from '../catalogue/prices.ts'

const lifetime = 24 * 3600

const lineItemParams = params<Stripe.Checkout.SessionCreateParams.LineItem>()({
  price: text,
  quantity: integerBetween(1, 999_999),
})

export const createParams = params<Stripe.Checkout.SessionCreateParams>()({
  mode: z.enum(['subscription']),
  allow_promotion_codes: flag.optional(),
  billing_address_collection: z.enum(['auto']).optional(),
  cancel_url: webUrl.optional(),
  client_reference_id: text.max(200).optional(),
  customer: text.optional(),
  customer_email: text.optional(),
  expires_at: integer.optional(),
  line_items: list(lineItemParams),
  locale: z
    .enum(['auto', 'de', 'en', 'en-GB', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt', 'pt-BR', 'sv', 'zh'])
    .optional(),
  metadata: metadata.optional(),
  payment_method_collection: z.enum(['always']).optional(),
  subscription_data: params<Stripe.Checkout.SessionCreateParams.SubscriptionData>()({
    description: text.optional(),
    metadata: metadata.optional(),
    trial_period_days: integerBetween(1, 730).optional(),
  }).optional(),
  success_url: webUrl,
  ui_mode: z.enum(['hosted_page']).optional(),
})

type Given = z.infer<typeof createParams>

/** Opens a session, and keeps what it must remember until it is paid. */
export function createSession(given: Given, ctx: Context): CheckoutSession {
  const { customer: customerId, customer_email: email, subscription_data: subscription } = given
  if (customerId !== undefined && email !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    })
  }
  const lineItems = given.line_items.map((item, at) => createLineItem(item, `line_items[${at}]`, ctx))
  refuseMixedPrices(lineItems)
  const customer = customerId === undefined ? null : findCustomer(customerId, ctx, 'customer')
  const session = newSession(given, { customer, lineItems, expiresAt: expiryOf(given, ctx) }, ctx)
  ctx.state.checkoutSessions.set(session.id, session)
  ctx.state.checkoutOrders.set(session.id, {
    lineItems,
    subscription: {
      metadata: mergeMetadata({}, subscription?.metadata),
      description: subscription?.description ?? null,
      trialDays: subscription?.trial_period_days ?? null,
    },
    paymentIntent: null,
  })
  return session
}

function expiryOf({ expires_at: asked }: Given, { now }: Context): number {
  const expiry = asked ?? now + lifetime
  if (expiry >= now + 1800 && expiry <= now + lifetime) return expiry
  throw invalidRequest('The `expires_at` timestamp must be between 30 minutes and 24 hours from now.', {
    param: 'expires_at',
  })
}

function newSession(
  given: Given,
  { customer, lineItems, expiresAt }: { customer: Customer | null; lineItems: LineItem[]; expiresAt: number },
  ctx: Context,
): CheckoutSession {
  const id = newId('cs_test')
  const trial = given.subscription_data?.trial_period_days !== undefined
  const total = trial ? 0 : lineItems.reduce((sum, { amount_total: amount }) => sum + amount, 0)
  const email = customer?.email ?? given.customer_email ?? null
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: given.billing_address_collection ?? null,
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: ctx.now,
    currency: lineItems[0]?.currency ?? null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : 'always',
    customer_details: email === null ? null : { ...noDetails, email, name: customer?.name ?? null },
    customer_email: given.customer_email ?? null,
    discounts: [],
    expires_at: expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: null,
    metadata: mergeMetadata({}, given.metadata),
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: 'disabled',
      payment_method_save: null,
    },
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: given.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: ctx.url(links.checkout(id)),
    wallet_options: null,
  }
}

function createLineItem(
  { price: priceId, quantity }: z.infer<typeof lineItemParams>,
  param: string,
  ctx: Context,
): LineItem {
  const price = findPrice(priceId, ctx, `${param}[price]`)
  if (!price.active) throw invalidRequest(`The price specified is inactive: ${priceId}`, { param: `${param}[price]` })
  if (!price.recurring) throw notCovered('one-time prices in a checkout', `${param}[price]`)
  const amount = (price.unit_amount ?? 0) * quantity
  return {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: ctx.state.products.get(price.product)?.name ?? null,
    metadata: {},
    price: structuredClone(price),
    quantity,
  }
}

function refuseMixedPrices(items: LineItem[]): void {
  const kinds = new Set(items.map(({ currency }) => currency))
  if (kinds.size > 1) throw invalidRequest('All prices must have the same currency.', { param: 'line_items' })
  const periods = new Set(items.map(({ price }) => `${price?.recurring?.interval_count} ${price?.recurring?.interval}`))
  if (periods.size > 1) throw notCovered('prices with different intervals in one checkout', 'line_items')
}

const noDetails = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: 'none',
  tax_ids: [],
} satisfies CheckoutSession['customer_details']
