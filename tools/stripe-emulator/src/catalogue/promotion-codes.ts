import type Stripe from 'stripe'
import { z } from 'zod'
import type { Agenda } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, integer, integerBetween, metadata, paging, params, text } from '../http/params.ts'
import { newId, randomText } from '../ids.ts'
import type { Coupon, PromotionCode, State } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { findCoupon } from './coupons.ts'
import { currency } from './fields.ts'

const path = '/v1/promotion_codes'

const createParams = params<Stripe.PromotionCodeCreateParams>()({
  active: flag.optional(),
  code: text
    .max(500)
    .regex(/^[A-Za-z0-9-]+$/, { error: 'use letters (a-z), digits and dashes only' })
    .optional(),
  customer: text.optional(),
  expires_at: integer.optional(),
  max_redemptions: integerBetween(1, 1_000_000_000).optional(),
  metadata: metadata.optional(),
  promotion: params<Stripe.PromotionCodeCreateParams.Promotion>()({ coupon: text, type: z.enum(['coupon']) }),
  restrictions: params<Stripe.PromotionCodeCreateParams.Restrictions>()({
    first_time_transaction: flag.optional(),
    minimum_amount: integerBetween(1, 99_999_999).optional(),
    minimum_amount_currency: currency.optional(),
  }).optional(),
})

const updateParams = params<Stripe.PromotionCodeUpdateParams>()({
  active: flag.optional(),
  metadata: metadata.optional(),
})

const listParams = params<Stripe.PromotionCodeListParams>()({
  ...paging,
  created,
  active: flag.optional(),
  code: text.optional(),
  coupon: text.optional(),
  customer: text.optional(),
})

export const promotionCodes: Endpoint[] = [
  collection(['POST', path], createParams, createPromotionCode),

  member(['GET', `${path}/:id`], params<Stripe.PromotionCodeRetrieveParams>()({}), (id, _given, ctx) =>
    findPromotionCode(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const code = findPromotionCode(id, ctx)
    if (given.active === true && !code.active) checkReactivation(code, ctx)
    const previous = applyChanges(code, {
      active: given.active,
      metadata: mergeMetadata(code.metadata ?? {}, given.metadata),
    })
    if (previous) ctx.emit('promotion_code.updated', code, previous)
    return code
  }),

  collection(['GET', path], listParams, (given, { state }) => {
    const hasFields = where(given, 'active', 'customer')
    const wanted = (one: PromotionCode) =>
      hasFields(one) &&
      (given.code === undefined || sameCode(one.code, given.code)) &&
      (given.coupon === undefined || one.promotion.coupon === given.coupon)
    return paginate(state.promotionCodes.matching(wanted), path, given)
  }),
]

export const promotionCodeExpiry: Agenda = function* ({ promotionCodes: known }) {
  for (const code of known.values()) {
    if (!code.active || code.expires_at === null) continue
    yield {
      customer: null,
      at: code.expires_at,
      what: `Expiry of promotion code ${code.id}`,
      act: () => void (code.active = false),
    }
  }
}

export function findPromotionCode(id: string, ctx: Context, param?: string): PromotionCode {
  const code = ctx.state.promotionCodes.get(id)
  if (!code) throw noSuch('promotion code', id, param)
  return code
}

/** The active promotion code that a person typed in; null if there is none for them. */
export function promotionCodeBy(typed: string, customer: string | null, { promotionCodes: known }: State) {
  const codes = [...known.values()].filter((one) => one.active && sameCode(one.code, typed))
  return codes.find((one) => one.customer === customer) ?? codes.find((one) => one.customer === null) ?? null
}

/** https://docs.stripe.com/api/promotion_codes/object: whom and what a code is for. */
export function checkPromotionCode(
  code: PromotionCode,
  use: {
    customer: string | null
    amount?: number | undefined
    currency?: string | undefined
    firstTime?: boolean | undefined
    subscription?: string | undefined
    param: string
  },
  ctx: Context,
): void {
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

/** A code is active only while its coupon is valid and it is not used up itself; after that it never is again. */
export function refreshCodesOf(coupon: Coupon, { state }: Context): void {
  for (const code of state.promotionCodes.values()) {
    if (code.promotion.coupon === coupon.id && (!coupon.valid || isUsedUp(code))) code.active = false
  }
}

function createPromotionCode(given: z.infer<typeof createParams>, ctx: Context): PromotionCode {
  const coupon = findCoupon(given.promotion.coupon, ctx, 'promotion[coupon]')
  if (given.customer !== undefined) findCustomer(given.customer, ctx, 'customer')
  checkLimits(given, coupon, ctx)
  const code: PromotionCode = {
    id: newId('promo'),
    object: 'promotion_code',
    active: given.active ?? true,
    code: given.code ?? freeCode(ctx.state),
    created: ctx.now,
    customer: given.customer ?? null,
    customer_account: null,
    expires_at: given.expires_at ?? coupon.redeem_by,
    livemode: false,
    max_redemptions: given.max_redemptions ?? null,
    metadata: mergeMetadata({}, given.metadata),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: {
      first_time_transaction: given.restrictions?.first_time_transaction ?? false,
      minimum_amount: given.restrictions?.minimum_amount ?? null,
      minimum_amount_currency: given.restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  }
  if (code.active) refuseTaken(code, ctx.state)
  ctx.state.promotionCodes.set(code.id, code)
  ctx.emit('promotion_code.created', code)
  return code
}

/** https://docs.stripe.com/api/promotion_codes/create: a code cannot allow more than its coupon. */
function checkLimits(given: z.infer<typeof createParams>, coupon: Coupon, { now }: Context): void {
  const { expires_at: expiry, max_redemptions: most = 0, restrictions = {} } = given
  if (!coupon.valid) throw invalidRequest(`Coupon ${coupon.id} is not valid.`, { param: 'promotion[coupon]' })
  if (expiry !== undefined && (expiry <= now || expiry > (coupon.redeem_by ?? Infinity))) {
    throw invalidRequest("expires_at must be in the future and not after the coupon's redeem_by.", {
      param: 'expires_at',
    })
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

function checkReactivation(code: PromotionCode, { state, now }: Context): void {
  const coupon = state.coupons.get(code.promotion.coupon ?? '')
  if (!coupon?.valid || isUsedUp(code) || (code.expires_at !== null && now >= code.expires_at)) {
    throw invalidRequest(
      'This promotion code cannot be activated: its coupon is not valid, or it is used up or expired.',
      {
        param: 'active',
      },
    )
  }
  refuseTaken(code, state)
}

/**
 * Regardless of case, a code is unique among the active ones that the same customer could redeem.
 * https://docs.stripe.com/billing/subscriptions/coupons#create-promotion-codes
 */
function refuseTaken({ id, code, customer }: PromotionCode, { promotionCodes: known }: State): void {
  const other = [...known.values()].find(
    (one) =>
      one.active &&
      one.id !== id &&
      sameCode(one.code, code) &&
      (one.customer === customer || one.customer === null || customer === null),
  )
  if (other) {
    throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
  }
}

function freeCode(state: State): string {
  const code = randomText(8).toUpperCase()
  return promotionCodeBy(code, null, state) ? freeCode(state) : code
}

function sameCode(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isUsedUp({ max_redemptions: most, times_redeemed: times }: PromotionCode): boolean {
  return most !== null && times >= most
}

/**
 * Whether nothing was begun before: no payment, even if it was never completed, and no subscription, even if its trial
 * was cancelled. https://docs.stripe.com/billing/subscriptions/coupons#limit-by-first-time-order
 */
function isNew(
  { customer, subscription: starting }: { customer: string | null; subscription?: string | undefined },
  { paymentIntents, subscriptions }: State,
): boolean {
  if (customer === null) return true
  const paying = [...paymentIntents.values()].some((intent) => intent.customer === customer)
  return !paying && ![...subscriptions.values()].some((one) => one.customer === customer && one.id !== starting)
}
