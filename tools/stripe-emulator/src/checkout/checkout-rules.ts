import type { Context } from '../context.ts'
import { invalidRequest, notCovered, type ApiError } from '../http/errors.ts'
import type { NewSession } from './checkout-params.ts'

const day = 86_400
const lifetime = day
const shortestLifetime = 1800
/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-subscription_data-trial_end */
const shortestTrial = 2 * day
const longestTrialDays = 730

type Name = keyof NewSession

/** What each mode does not take: https://docs.stripe.com/api/checkout/sessions/create */
const foreign: Record<NewSession['mode'], Name[]> = {
  subscription: ['customer_creation', 'setup_intent_data'],
  payment: ['payment_method_collection', 'setup_intent_data', 'subscription_data'],
  setup: [
    'allow_promotion_codes',
    'discounts',
    'line_items',
    'payment_method_collection',
    'saved_payment_method_options',
    'subscription_data',
  ],
}

const exclusive: [Name, Name][] = [
  ['customer', 'customer_email'],
  ['customer', 'customer_creation'],
  // https://github.com/stripe/stripe-node/issues/2248
  ['allow_promotion_codes', 'discounts'],
]

/** Refuses what Stripe would refuse, and what is not covered here, before anything is made of it. */
export function checkSession(given: NewSession, ctx: Context): void {
  for (const name of foreign[given.mode]) if (given[name] !== undefined) throw foreignTo(given.mode, name)
  for (const pair of exclusive) {
    if (pair.every((name) => given[name] !== undefined)) throw oneOf(...pair)
  }
  if (given.customer_update && given.customer === undefined) {
    throw invalidRequest('`customer_update` can only be used with `customer`.', { param: 'customer_update' })
  }
  checkPresence(given)
  checkCoverage(given)
  checkDiscounts(given)
  checkSubscription(given, ctx)
}

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at */
export function expiryOf({ expires_at: asked }: NewSession, { now }: Context): number {
  const expiry = asked ?? now + lifetime
  const refused = (limit: string) =>
    invalidRequest(`The \`expires_at\` timestamp must be ${limit} from Checkout Session creation.`, {
      param: 'expires_at',
    })
  if (expiry < now + shortestLifetime) throw refused('at least 30 minutes')
  if (expiry > now + lifetime) throw refused('less than 24 hours')
  return expiry
}

function checkPresence({ mode, currency, line_items: items = [], ...given }: NewSession): void {
  if (mode !== 'setup' && items.length === 0) throw missing('line_items')
  if (mode === 'setup' && currency === undefined && given.allowed_payment_method_types === undefined) {
    throw missing('currency')
  }
}

function checkCoverage({ mode, ...given }: NewSession): void {
  const { ui_mode: mount = 'hosted_page', billing_address_collection: address, customer_update: update } = given
  if (mount !== 'hosted_page') throw notCovered(`ui_mode=${mount}`, 'ui_mode')
  if (address === 'required') throw notCovered('billing addresses', 'billing_address_collection')
  if (update?.address === 'auto') throw notCovered('billing addresses', 'customer_update[address]')
  if (update?.shipping === 'auto') throw notCovered('shipping', 'customer_update[shipping]')
  if (given.subscription_data?.billing_mode?.type === 'classic') {
    throw notCovered('billing_mode[type]=classic', 'subscription_data[billing_mode][type]')
  }
}

function checkDiscounts({ discounts = [] }: NewSession): void {
  if (discounts.length > 1) {
    throw invalidRequest('You may only apply one coupon or promotion code to a Checkout Session.', {
      param: 'discounts',
    })
  }
  for (const [at, { coupon, promotion_code: code }] of discounts.entries()) {
    const param = `discounts[${at}]`
    if (coupon !== undefined && code !== undefined) throw oneOf('coupon', 'promotion_code', param)
    if (coupon === undefined && code === undefined) {
      throw invalidRequest('You must pass one of coupon or promotion_code.', { param })
    }
  }
}

function checkSubscription({ subscription_data: data }: NewSession, { now }: Context): void {
  if (!data) return
  const { trial_end: end, trial_period_days: days, billing_cycle_anchor: anchor } = data
  const inside = (name: keyof typeof data) => `subscription_data[${name}]`
  if (end !== undefined && days !== undefined) throw oneOf(inside('trial_end'), inside('trial_period_days'))
  if (anchor !== undefined && (end ?? days) !== undefined) {
    throw oneOf(inside('billing_cycle_anchor'), inside(end === undefined ? 'trial_period_days' : 'trial_end'))
  }
  if (days !== undefined && days < 1) {
    throw invalidRequest('Invalid integer: the number of trial period days has to be at least 1.', {
      code: 'parameter_invalid_integer',
      param: inside('trial_period_days'),
    })
  }
  // https://github.com/stripe/stripe-python/issues/679
  if (end !== undefined && end < now + shortestTrial) {
    throw invalidRequest('The `trial_end` date has to be at least 2 days in the future.', {
      param: inside('trial_end'),
    })
  }
  // https://github.com/arlyon/async-stripe/issues/445
  if ((days ?? 0) > longestTrialDays || (end ?? 0) > now + longestTrialDays * day) {
    throw invalidRequest(`The maximum number of trial period days is ${longestTrialDays} (2 years).`, {
      param: inside(end === undefined ? 'trial_period_days' : 'trial_end'),
    })
  }
  if (anchor !== undefined && anchor <= now) {
    throw invalidRequest('`billing_cycle_anchor` must be a future timestamp.', {
      param: inside('billing_cycle_anchor'),
    })
  }
  if (data.proration_behavior !== undefined && anchor === undefined) {
    throw invalidRequest('`proration_behavior` can only be used with `billing_cycle_anchor`.', {
      param: inside('proration_behavior'),
    })
  }
}

function foreignTo(mode: NewSession['mode'], name: Name): ApiError {
  // https://github.com/QuantumNous/new-api/issues/4706
  if (name === 'customer_creation') {
    return invalidRequest('`customer_creation` can only be used in `payment` and `setup` mode.', { param: name })
  }
  // https://github.com/invertase/stripe-firebase-extensions/issues/519
  return invalidRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name })
}

function oneOf(one: string, other: string, within?: string): ApiError {
  return invalidRequest(`You may only specify one of these parameters: ${one}, ${other}.`, {
    param: within === undefined ? one : `${within}[${one}]`,
  })
}

function missing(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
}
