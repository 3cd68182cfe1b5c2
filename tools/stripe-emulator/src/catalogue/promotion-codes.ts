import type Stripe from 'stripe'
import { z } from 'zod'
import type { Agenda } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, integerBetween, metadata, paging, params, text, timestamp } from '../http/params.ts'
import { newId, randomText } from '../ids.ts'
import type { Coupon, PromotionCode, State } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { findCoupon } from './coupons.ts'
import { currency } from './fields.ts'
import { checkLimits, checkReactivation, isUsedUp, refuseTaken, sameCode } from './promotion-code-rules.ts'

const path = '/v1/promotion_codes'

const characters = /^[a-zA-Z0-9\-_]+$/

function mismatch({ input }: { input?: unknown }): string {
  return `This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value ${String(input)}).`
}

const createParams = params<Stripe.PromotionCodeCreateParams>()({
  active: flag.optional(),
  code: text
    .max(500)
    .refine((value) => characters.test(value), { error: mismatch })
    .optional(),
  customer: text.optional(),
  expires_at: timestamp.optional(),
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

function freeCode(state: State): string {
  const code = randomText(8).toUpperCase()
  return promotionCodeBy(code, null, state) ? freeCode(state) : code
}
