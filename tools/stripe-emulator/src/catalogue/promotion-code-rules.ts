import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { Coupon, PromotionCode, State } from '../state/state.ts'
import { checkFuture } from './fields.ts'

/** Who would redeem a code, and for what. */
export interface Use {
  customer: string | null
  amount?: number | undefined
  currency?: string | undefined
  firstTime?: boolean | undefined
  subscription?: string | undefined
  /** The parameter that names the code. */
  param: string
}

export interface Limits {
  expires_at?: number | undefined
  max_redemptions?: number | undefined
  restrictions?: { minimum_amount?: number | undefined; minimum_amount_currency?: string | undefined } | undefined
}

/** https://docs.stripe.com/api/promotion_codes/object: whom and what a code is for. */
export function checkPromotionCode(code: PromotionCode, use: Use, ctx: Context): void {
  const refused = (why: string) =>
    invalidRequest(`This promotion code cannot be redeemed because ${why}.`, { param: use.param })
  const { restrictions } = code
  if (isUsedUp(code)) throw refused('it has been used the maximum number of times')
  if (!code.active || (code.expires_at !== null && ctx.now >= code.expires_at)) throw refused('it is not active')
  if (code.customer !== null && code.customer !== use.customer) throw refused('it is for another customer')
  if (restrictions.first_time_transaction && !(use.firstTime ?? isNew(use, ctx.state))) {
    throw refused('the associated customer has prior transactions')
  }
  if (restrictions.minimum_amount === null) return
  if (use.amount === undefined) throw refused('its least amount can be checked only where a purchase begins')
  if (use.currency !== restrictions.minimum_amount_currency || use.amount < restrictions.minimum_amount) {
    throw refused('the associated purchase does not meet the minimum amount requirement')
  }
}

/** https://docs.stripe.com/api/promotion_codes/create: a code cannot allow more than its coupon. */
export function checkLimits(given: Limits, coupon: Coupon, { now }: Context): void {
  const { expires_at: expiry, max_redemptions: most = 0, restrictions = {} } = given
  if (!coupon.valid) throw invalidRequest(`Coupon ${coupon.id} is not valid.`, { param: 'promotion[coupon]' })
  checkFuture('expires_at', expiry, now)
  if (expiry !== undefined && expiry > (coupon.redeem_by ?? Infinity)) {
    throw invalidRequest("expires_at must not be after the coupon's redeem_by.", { param: 'expires_at' })
  }
  if (most > (coupon.max_redemptions ?? Infinity)) {
    throw invalidRequest("max_redemptions must not be greater than the coupon's max_redemptions.", {
      param: 'max_redemptions',
    })
  }
  if ((restrictions.minimum_amount === undefined) !== (restrictions.minimum_amount_currency === undefined)) {
    throw invalidRequest('Pass minimum_amount and minimum_amount_currency together.', {
      param: 'restrictions[minimum_amount_currency]',
    })
  }
}

/** What has ended by itself has ended for good: https://docs.stripe.com/billing/subscriptions/coupons#deactivate */
export function checkReactivation(code: PromotionCode, { state, now }: Context): void {
  const coupon = state.coupons.get(code.promotion.coupon ?? '')
  const isValid = coupon?.valid === true && coupon.created <= code.created
  if (!isValid || isUsedUp(code) || (code.expires_at !== null && now >= code.expires_at)) {
    throw invalidRequest(
      'This promotion code cannot be activated: its coupon is not valid, or it is used up or expired.',
      { param: 'active' },
    )
  }
  refuseTaken(code, state)
}

/**
 * Regardless of case, a code is unique among the active ones that the same customer could redeem.
 * https://docs.stripe.com/billing/subscriptions/coupons#create-promotion-codes
 */
export function refuseTaken({ id, code, customer }: PromotionCode, { promotionCodes: known }: State): void {
  const other = [...known.values()].find(
    (one) =>
      one.active &&
      one.id !== id &&
      sameCode(one.code, code) &&
      (one.customer === customer || one.customer === null || customer === null),
  )
  if (other) {
    throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`)
  }
}

export function sameCode(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

export function isUsedUp({ max_redemptions: most, times_redeemed: times }: PromotionCode): boolean {
  return most !== null && times >= most
}

/**
 * Whether nothing was begun before: no payment, even if it was never completed, and no subscription, even if its trial
 * was cancelled. https://docs.stripe.com/billing/subscriptions/coupons#limit-by-first-time-order
 */
function isNew({ customer, subscription: starting }: Use, { paymentIntents, subscriptions }: State): boolean {
  if (customer === null) return true
  const paying = [...paymentIntents.values()].some((intent) => intent.customer === customer)
  return !paying && ![...subscriptions.values()].some((one) => one.customer === customer && one.id !== starting)
}
