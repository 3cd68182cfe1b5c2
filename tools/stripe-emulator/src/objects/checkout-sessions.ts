import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch, notCovered } from '../http/errors.ts'
import { paginate, wholeList } from '../http/list.ts'
import { created, flag, integer, list, metadata, paging, params, text, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import type { CheckoutSession, LineItem } from '../state.ts'
import { findCustomer } from './customers.ts'
import { mergeMetadata } from './metadata.ts'
import { findPrice } from './prices.ts'

const path = '/v1/checkout/sessions'
const lifetime = 24 * 3600

const lineItemParams = params<Stripe.Checkout.SessionCreateParams.LineItem>()({ price: text, quantity: integer })

const createParams = params<Stripe.Checkout.SessionCreateParams>()({
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
    trial_period_days: integer.optional(),
  }).optional(),
  success_url: webUrl,
  ui_mode: z.enum(['hosted_page']).optional(),
})

const listParams = params<Stripe.Checkout.SessionListParams>()({
  ...paging,
  created,
  customer: text.optional(),
  status: z.enum(['complete', 'expired', 'open']).optional(),
  subscription: text.optional(),
})

export const checkoutSessions: Endpoint[] = [
  collection(['POST', path], createParams, createSession),

  member(['GET', `${path}/:id`], params<Stripe.Checkout.SessionRetrieveParams>()({}), (id, _given, ctx) =>
    findSession(id, ctx),
  ),

  member(['POST', `${path}/:id/expire`], params<Stripe.Checkout.SessionExpireParams>()({}), (id, _given, ctx) => {
    const session = findSession(id, ctx)
    if (session.status !== 'open') {
      throw invalidRequest('Only Checkout Sessions with a status in ["open"] can be expired.')
    }
    expire(session, ctx)
    return session
  }),

  member(
    ['GET', `${path}/:id/line_items`],
    params<Stripe.Checkout.SessionListLineItemsParams>()({}),
    (id, _given, ctx) => lineItemsOf(findSession(id, ctx), ctx),
  ),

  collection(['GET', path], listParams, (given, ctx) => {
    expireOverdue(ctx)
    return paginate(
      [...ctx.state.checkoutSessions.values()].filter(
        (session) =>
          (given.customer === undefined || session.customer === given.customer) &&
          (given.status === undefined || session.status === given.status) &&
          (given.subscription === undefined || session.subscription === given.subscription),
      ),
      path,
      given,
    )
  }),
]

/** A session by its id, expired by now if its time is over. */
export function findSession(id: string, ctx: Context): CheckoutSession {
  const session = ctx.state.checkoutSessions.get(id)
  if (!session) throw noSuch('checkout.session', id)
  if (isOverdue(session, ctx)) expire(session, ctx)
  return session
}

export function lineItemsOf({ id }: CheckoutSession, { state }: Pick<Context, 'state'>) {
  return wholeList(state.checkoutOrders.get(id)?.lineItems ?? [], `${path}/${id}/line_items`)
}

export function expireOverdue(ctx: Context): void {
  for (const session of ctx.state.checkoutSessions.values()) if (isOverdue(session, ctx)) expire(session, ctx)
}

function isOverdue(session: CheckoutSession, { now }: Context): boolean {
  return session.status === 'open' && session.expires_at <= now
}

function expire(session: CheckoutSession, ctx: Context): void {
  session.status = 'expired'
  session.url = null
  ctx.emit('checkout.session.expired', session)
}

function createSession(given: z.infer<typeof createParams>, ctx: Context): CheckoutSession {
  const lineItems = given.line_items.map((item, at) => createLineItem(item, `line_items[${at}]`, ctx))
  const currency = lineItems[0]?.currency
  if (currency === undefined)
    throw invalidRequest('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  refuseMixedPrices(lineItems)
  if (given.customer !== undefined && given.customer_email !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    })
  }
  const customer = given.customer === undefined ? null : findCustomer(given.customer, ctx, 'customer')
  const trialDays = given.subscription_data?.trial_period_days ?? null
  if (trialDays !== null && (trialDays < 1 || trialDays > 730)) {
    throw invalidRequest('Trial period days must be between 1 and 730', {
      param: 'subscription_data[trial_period_days]',
    })
  }
  const expiresAt = given.expires_at ?? ctx.now + lifetime
  if (expiresAt < ctx.now + 1800 || expiresAt > ctx.now + lifetime) {
    throw invalidRequest('The `expires_at` timestamp must be between 30 minutes and 24 hours from now.', {
      param: 'expires_at',
    })
  }
  const total = trialDays === null ? lineItems.reduce((sum, { amount_total }) => sum + amount_total, 0) : 0
  const id = newId('cs_test')
  const email = customer?.email ?? given.customer_email ?? null
  const session: CheckoutSession = {
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
    currency,
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
  ctx.state.checkoutSessions.set(id, session)
  ctx.state.checkoutOrders.set(id, {
    lineItems,
    subscription: {
      metadata: mergeMetadata({}, given.subscription_data?.metadata),
      description: given.subscription_data?.description ?? null,
      trialDays,
    },
    paymentIntent: null,
  })
  return session
}

function createLineItem(
  { price: priceId, quantity }: z.infer<typeof lineItemParams>,
  param: string,
  ctx: Context,
): LineItem {
  const price = findPrice(priceId, ctx, `${param}[price]`)
  if (!price.active) throw invalidRequest(`The price specified is inactive: ${priceId}`, { param: `${param}[price]` })
  if (!price.recurring) throw notCovered('one-time prices in a checkout', `${param}[price]`)
  if (quantity < 1) throw invalidRequest('Invalid quantity: must be at least 1', { param: `${param}[quantity]` })
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
