import type { Context } from '../context.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import type { CheckoutSession, Customer } from '../state/state.ts'
import type { NewSession } from './checkout-params.ts'

/** A session as it was asked for. What it comes to is not known yet. */
export function newSession(
  given: NewSession,
  { customer, expiresAt }: { customer: Customer | null; expiresAt: number },
  ctx: Context,
): CheckoutSession {
  const id = newId('cs_test')
  const { mode } = given
  const email = customer?.email ?? given.customer_email ?? null
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount_subtotal: null,
    amount_total: null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: given.billing_address_collection ?? null,
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: ctx.now,
    currency: given.currency ?? null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: given.custom_text?.after_submit ?? null,
      shipping_address: null,
      submit: given.custom_text?.submit ?? null,
      terms_of_service_acceptance: null,
    },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: creationOf(given, customer),
    customer_details: email === null ? null : customerDetails(email, customer?.name ?? null),
    customer_email: given.customer_email ?? null,
    discounts: (given.discounts ?? []).map(({ coupon = null, promotion_code = null }) => ({ coupon, promotion_code })),
    expires_at: expiresAt,
    integration_identifier: given.integration_identifier ?? null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: null,
    metadata: mergeMetadata({}, given.metadata),
    mode,
    origin_context: given.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: mode === 'subscription' ? (given.payment_method_collection ?? 'always') : 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: mode === 'setup' ? null : savedOptions(given),
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: given.success_url,
    total_details: null,
    ui_mode: 'hosted_page',
    url: ctx.url(links.checkout(id)),
    wallet_options: null,
  }
}

export function customerDetails(
  email: string | null,
  name: string | null,
): NonNullable<CheckoutSession['customer_details']> {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
}

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_creation */
function creationOf(
  { mode, customer_creation: asked }: NewSession,
  customer: Customer | null,
): CheckoutSession['customer_creation'] {
  if (customer) return null
  return mode === 'subscription' ? 'always' : (asked ?? 'if_required')
}

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-saved_payment_method_options */
function savedOptions({
  saved_payment_method_options: given,
}: NewSession): CheckoutSession['saved_payment_method_options'] {
  return {
    allow_redisplay_filters: given?.allow_redisplay_filters ?? ['always'],
    payment_method_remove: given?.payment_method_remove ?? 'disabled',
    payment_method_save: given?.payment_method_save ?? 'disabled',
  }
}
