import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId } from '../ids.ts'
import type { PortalConfiguration } from '../state/state.ts'
import type { ConfigurationChanges } from './configuration-params.ts'

export type Features = PortalConfiguration['features']

/** What the portal offers where nobody has said otherwise: to see, to pay with another card, and to cancel. */
const unconfigured: Features = {
  customer_update: { allowed_updates: ['email', 'name', 'address', 'phone'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: true,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: true,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
}

/** What is not asked for when a configuration is made is off. */
const nothing: Features = {
  ...unconfigured,
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    ...unconfigured.subscription_cancel,
    cancellation_reason: { enabled: false, feedback_options: null, options: [] },
    enabled: false,
  },
}

/** The configuration of sessions that name none; it comes into being when it is first needed. */
export function defaultConfiguration(ctx: Context): PortalConfiguration {
  for (const configuration of ctx.state.portalConfigurations.values()) {
    if (configuration.is_default) return configuration
  }
  return keep({ ...blank(ctx), is_default: true, features: structuredClone(unconfigured) }, ctx)
}

export function createConfiguration(given: ConfigurationChanges, ctx: Context): PortalConfiguration {
  const empty = blank(ctx)
  const configuration = { ...empty, ...changesOf(empty, given) }
  checkConfiguration(configuration, ctx)
  keep(configuration, ctx)
  ctx.emit('billing_portal.configuration.created', configuration)
  return configuration
}

/** What the configuration becomes with these changes. */
export function changesOf(
  { business_profile, features, ...current }: PortalConfiguration,
  given: ConfigurationChanges,
): Pick<PortalConfiguration, 'business_profile' | 'default_return_url' | 'features' | 'metadata' | 'name' | 'active'> {
  return {
    active: given.active ?? current.active,
    business_profile: { ...business_profile, ...defined(given.business_profile) },
    default_return_url: given.default_return_url === undefined ? current.default_return_url : given.default_return_url,
    features: withFeatures(features, given.features),
    metadata: mergeMetadata(current.metadata ?? {}, given.metadata),
    name: given.name === undefined ? current.name : given.name,
  }
}

/** Refuses an offer of prices that are not there, or of no change at all. */
export function checkConfiguration({ features }: PortalConfiguration, { state }: Context): void {
  const { default_allowed_updates: allowed, enabled, products } = features.subscription_update
  if (enabled && (allowed.length === 0 || !products?.length)) {
    const missing = allowed.length === 0 ? 'default_allowed_updates' : 'products'
    const param = `features[subscription_update][${missing}]`
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  for (const { product, prices } of products ?? []) {
    for (const id of prices) {
      const price = state.prices.get(id)
      if (price?.product === product && price.recurring) continue
      const message = `The price ${id} is no recurring price of the product ${product}.`
      throw invalidRequest(message, { param: 'features[subscription_update][products]' })
    }
  }
}

export function findConfiguration(id: string, { state }: Context, param?: string): PortalConfiguration {
  const configuration = state.portalConfigurations.get(id)
  if (!configuration) throw noSuch('configuration', id, param)
  return configuration
}

function withFeatures(current: Features, given: ConfigurationChanges['features'] = {}): Features {
  const { subscription_cancel: cancel, subscription_update: update } = given
  const reason = cancel?.cancellation_reason
  return {
    ...current,
    customer_update: { ...current.customer_update, ...defined(given.customer_update) },
    invoice_history: { ...current.invoice_history, ...defined(given.invoice_history) },
    payment_method_update: { ...current.payment_method_update, ...defined(given.payment_method_update) },
    subscription_cancel: {
      ...current.subscription_cancel,
      ...defined(cancel),
      cancellation_reason: { ...current.subscription_cancel.cancellation_reason, ...defined(reason) },
    },
    subscription_update: {
      ...current.subscription_update,
      ...defined({ ...update, products: update?.products?.map(offered) }),
    },
  }
}

type Offer = NonNullable<Features['subscription_update']['products']>[number]
type OfferGiven = NonNullable<
  NonNullable<NonNullable<ConfigurationChanges['features']>['subscription_update']>['products']
>[number]

function offered({ adjustable_quantity: quantity, prices, product }: OfferGiven): Offer {
  const { enabled = false, maximum = null, minimum = 1 } = quantity ?? {}
  return { adjustable_quantity: { enabled, maximum, minimum }, prices, product }
}

/** Without what was not given. */
function defined<Given extends object>(given: Given | undefined) {
  type Known = { [Name in keyof Given]: Exclude<Given[Name], undefined> }
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as Partial<Known>
}

function blank(ctx: Context): PortalConfiguration {
  return {
    id: newId('bpc'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: ctx.now,
    default_return_url: null,
    features: structuredClone(nothing),
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: ctx.now,
  }
}

function keep(configuration: PortalConfiguration, { state }: Context): PortalConfiguration {
  state.portalConfigurations.set(configuration.id, configuration)
  return configuration
}
