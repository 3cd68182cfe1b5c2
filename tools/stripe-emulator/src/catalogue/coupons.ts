import type Stripe from 'stripe'
import { z } from 'zod'
import type { Agenda } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, integerBetween, list, metadata, paging, params, text, timestamp } from '../http/params.ts'
import { randomText } from '../ids.ts'
import type { Coupon } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { checkFuture, currency, decimal } from './fields.ts'
import { findProduct } from './products.ts'
import { refreshCodesOf } from './promotion-codes.ts'

const path = '/v1/coupons'

const createParams = params<Stripe.CouponCreateParams>()({
  amount_off: integerBetween(1, 99_999_999).optional(),
  applies_to: params<Stripe.CouponCreateParams.AppliesTo>()({ products: list(text).optional() }).optional(),
  currency: currency.optional(),
  duration: z.enum(['forever', 'once', 'repeating']).optional(),
  duration_in_months: integerBetween(1, 1200).optional(),
  id: text
    .max(200)
    .regex(/^[\w-]+$/)
    .optional(),
  max_redemptions: integerBetween(1, 1_000_000_000).optional(),
  metadata: metadata.optional(),
  name: text.max(40).optional(),
  percent_off: decimal({ places: 4 }).transform(Number).optional(),
  redeem_by: timestamp.optional(),
})

const updateParams = params<Stripe.CouponUpdateParams>()({
  metadata: metadata.optional(),
  name: text.max(40).optional(),
})

export const coupons: Endpoint[] = [
  collection(['POST', path], createParams, createCoupon),

  member(['GET', `${path}/:id`], params<Stripe.CouponRetrieveParams>()({}), (id, _given, ctx) => findCoupon(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const coupon = findCoupon(id, ctx)
    const previous = applyChanges(coupon, {
      name: given.name,
      metadata: mergeMetadata(coupon.metadata ?? {}, given.metadata),
    })
    if (previous) ctx.emit('coupon.updated', coupon, previous)
    return coupon
  }),

  member(['DELETE', `${path}/:id`], params<Stripe.CouponDeleteParams>()({}), (id, _given, ctx) => {
    const coupon = findCoupon(id, ctx)
    ctx.state.coupons.delete(id)
    ctx.state.deletedCoupons.set(id, coupon)
    coupon.valid = false
    refreshCodesOf(coupon, ctx)
    ctx.emit('coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  }),

  collection(['GET', path], params<Stripe.CouponListParams>()({ ...paging, created }), (given, { state }) =>
    paginate(
      state.coupons.matching(() => true),
      path,
      given,
    ),
  ),
]

/** After its last second a coupon can be redeemed no more. */
export const couponExpiry: Agenda = function* ({ coupons: known }) {
  for (const coupon of known.values()) {
    if (!coupon.valid || coupon.redeem_by === null) continue
    yield {
      customer: null,
      at: coupon.redeem_by + 1,
      what: `Expiry of coupon ${coupon.id}`,
      act: (ctx) => refreshCoupon(coupon, ctx),
    }
  }
}

export function findCoupon(id: string, ctx: Context, param?: string): Coupon {
  const coupon = ctx.state.coupons.get(id)
  if (!coupon) throw noSuch('coupon', id, param)
  return coupon
}

/** Refuses a coupon that cannot be redeemed, or not for this. */
export function checkCoupon(
  coupon: Coupon,
  use: { currency?: string | undefined; products?: readonly string[] | undefined; param: string },
  ctx: Context,
): void {
  const { id, applies_to: appliesTo } = coupon
  if (coupon.redeem_by !== null && ctx.now > coupon.redeem_by) {
    throw invalidRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param: use.param })
  }
  if (isUsedUp(coupon)) throw invalidRequest(`Coupon ${id} is used up and cannot be applied.`, { param: use.param })
  if (coupon.currency !== null && use.currency !== undefined && coupon.currency !== use.currency) {
    throw invalidRequest(`Coupon ${id} is in ${coupon.currency} and cannot be applied to ${use.currency}.`, {
      param: use.param,
    })
  }
  if (appliesTo && use.products && !use.products.some((product) => appliesTo.products.includes(product))) {
    throw invalidRequest('This coupon cannot be redeemed because it does not apply to anything in this order.', {
      param: use.param,
    })
  }
}

/** Sees whether it can be redeemed still, and with it its promotion codes. */
export function refreshCoupon(coupon: Coupon, ctx: Context): void {
  coupon.valid = !isUsedUp(coupon) && (coupon.redeem_by === null || ctx.now <= coupon.redeem_by)
  refreshCodesOf(coupon, ctx)
}

function isUsedUp({ max_redemptions: most, times_redeemed: times }: Coupon): boolean {
  return most !== null && times >= most
}

function createCoupon(given: z.infer<typeof createParams>, ctx: Context): Coupon {
  checkTerms(given, ctx)
  const id = given.id ?? randomText(8)
  if (ctx.state.coupons.has(id)) {
    throw invalidRequest('Coupon already exists.', { code: 'resource_already_exists' })
  }
  const products = given.applies_to?.products?.map((product) => findProduct(product, ctx, 'applies_to[products]').id)
  const coupon: Coupon = {
    id,
    object: 'coupon',
    amount_off: given.amount_off ?? null,
    ...(products && { applies_to: { products } }),
    created: ctx.now,
    currency: given.currency ?? null,
    duration: given.duration ?? 'once',
    duration_in_months: given.duration_in_months ?? null,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: mergeMetadata({}, given.metadata),
    name: given.name ?? null,
    percent_off: given.percent_off ?? null,
    redeem_by: given.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  }
  ctx.state.coupons.set(id, coupon)
  ctx.emit('coupon.created', coupon)
  return coupon
}

/** https://docs.stripe.com/api/coupons/create */
function checkTerms(given: z.infer<typeof createParams>, { now }: Context): void {
  const { percent_off: percent, amount_off: amount, duration = 'once', duration_in_months: months } = given
  if (percent === undefined && amount === undefined) {
    throw invalidRequest('Must provide percent_off or amount_off.', { code: 'parameter_missing' })
  }
  if (percent !== undefined && amount !== undefined) {
    throw invalidRequest('Received both percent_off and amount_off parameters. Please pass in only one.')
  }
  if (percent !== undefined && percent < 0.01) {
    throw invalidRequest('This value must be greater than or equal to 0.01.', { param: 'percent_off' })
  }
  if (percent !== undefined && percent > 100) {
    throw invalidRequest('This value must be less than or equal to 100.', { param: 'percent_off' })
  }
  if (amount !== undefined && given.currency === undefined) {
    throw invalidRequest('You must pass currency when passing amount_off', { param: 'currency' })
  }
  if (amount === undefined && given.currency !== undefined) {
    throw invalidRequest('You can only pass currency with amount_off: a percentage is of any currency.', {
      param: 'currency',
    })
  }
  if (duration === 'repeating' && months === undefined) {
    throw invalidRequest('The duration_in_months param must be set when creating a coupon with a repeating duration', {
      param: 'duration',
    })
  }
  if (duration !== 'repeating' && months !== undefined) {
    throw invalidRequest('The duration_in_months param goes with a repeating duration only', {
      param: 'duration_in_months',
    })
  }
  checkFuture('redeem_by', given.redeem_by, now)
}
