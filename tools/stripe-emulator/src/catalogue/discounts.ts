import { periodEnd } from '../arithmetic/billing-period.ts'
import type { DiscountAmount, DiscountTerms } from '../arithmetic/discounts.ts'
import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { Coupon, Discount, PromotionCode, State } from '../state/state.ts'
import type { NewDiscount } from '../subscriptions/new-subscription.ts'
import { applyChanges } from '../webhooks/events.ts'
import { checkCoupon, findCoupon, refreshCoupon } from './coupons.ts'
import { checkPromotionCode } from './promotion-code-rules.ts'
import { findPromotionCode } from './promotion-codes.ts'

/** For whom and for what a coupon is redeemed. */
export interface Holder {
  /** Null at a checkout that does not know yet who pays. */
  customer: string | null
  subscription?: string | undefined
  subscriptionItem?: string | undefined
  invoice?: string | undefined
  checkoutSession?: string | undefined
  /** What it is taken off: a coupon of an amount wants the same currency. */
  currency?: string | undefined
  /** What is to be paid first, for a promotion code with a least amount; such a code cannot be had without it. */
  amount?: number | undefined
  /** What is bought at a checkout, which refuses a coupon for other products; elsewhere such a coupon does nothing. */
  products?: readonly string[] | undefined
  /** Whether nothing was paid before; if it is not said, the customer's invoices and charges tell. */
  firstTime?: boolean | undefined
  /** The parameter that asks for it, such as `discounts[0]`, for errors. */
  param?: string | undefined
}

export interface Redeemable {
  coupon: Coupon
  promotionCode: PromotionCode | null
}

/** Finds what is asked to be redeemed, and refuses what this holder cannot have. Nothing is redeemed yet. */
export function redeemable(given: NewDiscount, holder: Holder, ctx: Context): Redeemable {
  if (given.coupon !== undefined) {
    const coupon = findCoupon(given.coupon, ctx, paramOf(holder, 'coupon'))
    checkCoupon(coupon, { ...holder, param: paramOf(holder, 'coupon') }, ctx)
    return { coupon, promotionCode: null }
  }
  if (given.promotion_code !== undefined) {
    const param = paramOf(holder, 'promotion_code')
    const promotionCode = findPromotionCode(given.promotion_code, ctx, param)
    checkPromotionCode(promotionCode, { ...holder, param }, ctx)
    const coupon = findCoupon(promotionCode.promotion.coupon ?? '', ctx, param)
    checkCoupon(coupon, { ...holder, param }, ctx)
    return { coupon, promotionCode }
  }
  throw invalidRequest('You must pass one of coupon, promotion_code or discount.', {
    param: holder.param ?? 'discounts',
  })
}

/** Redeems all that is asked for, or refuses before anything is redeemed. */
export function redeemAll(given: readonly NewDiscount[], holder: Holder, ctx: Context): Discount[] {
  const asked = given.map((one, at) => ({ one, holder: { ...holder, param: `${holder.param ?? 'discounts'}[${at}]` } }))
  checkTogether(
    asked.map((each) => couponAskedFor(each.one, each.holder, ctx)),
    holder.param ?? 'discounts',
  )
  return asked.map((each) => redeem(each.one, each.holder, ctx))
}

/** Makes a discount of a coupon or a promotion code, which it counts; a discount that is there already stays. */
export function redeem(given: NewDiscount, holder: Holder, ctx: Context): Discount {
  if (given.discount !== undefined) return existing(given.discount, holder, ctx)
  const { coupon, promotionCode } = redeemable(given, holder, ctx)
  coupon.times_redeemed += 1
  if (promotionCode) promotionCode.times_redeemed += 1
  refreshCoupon(coupon, ctx)
  const discount: Discount = {
    id: newId('di'),
    object: 'discount',
    checkout_session: holder.checkoutSession ?? null,
    customer: holder.customer,
    customer_account: null,
    end: endOf(coupon, ctx.now),
    invoice: holder.invoice ?? null,
    invoice_item: null,
    promotion_code: promotionCode?.id ?? null,
    source: { coupon: coupon.id, type: 'coupon' },
    start: ctx.now,
    subscription: holder.subscription ?? null,
    subscription_item: holder.subscriptionItem ?? null,
  }
  ctx.state.discounts.set(discount.id, discount)
  // What reduces one invoice or one payment alone is not the customer's.
  if (discount.invoice === null && discount.checkout_session === null) ctx.emit('customer.discount.created', discount)
  return discount
}

/** Takes it from whoever has it still. The invoices that it reduced go on naming it. */
export function endDiscount(discount: Discount, ctx: Context): void {
  discount.end = ctx.now
  ctx.emit('customer.discount.deleted', discount)
  detachFromSubscription(discount, ctx)
}

/** Whether it still takes something off what is billed at this moment. */
export function isActive({ end }: Discount, at: number): boolean {
  return end === null || at < end
}

/** A discount of the duration `once` ends with the first invoice that it takes something off. */
export function useUp(discountIds: readonly string[], ctx: Context): void {
  for (const id of discountIds) {
    const discount = ctx.state.discounts.get(id)
    if (discount?.end === null && couponOf(discount, ctx.state).duration === 'once') endDiscount(discount, ctx)
  }
}

/**
 * What it takes off, for the arithmetic. An amount for one invoice is less what prorations, which the invoice takes up,
 * have of it already; a credit among them can give back no more than that.
 */
export function termsOf(discount: Discount, state: State, included: readonly DiscountAmount[] = []): DiscountTerms {
  const { duration, percent_off: percentOff, amount_off, applies_to: appliesTo } = couponOf(discount, state)
  const had = included.filter((one) => one.discount === discount.id).reduce((sum, { amount }) => sum + amount, 0)
  const amountOff = duration === 'once' && amount_off !== null ? Math.max(0, amount_off - Math.max(0, had)) : amount_off
  return { id: discount.id, percentOff, amountOff, products: appliesTo?.products ?? null }
}

/** The coupon that was redeemed, even if it was deleted since, and its id given to another. */
export function couponOf({ source, start }: Discount, { coupons, deletedCoupons }: State): Coupon {
  const [live, deleted] = [coupons.get(source.coupon ?? ''), deletedCoupons.get(source.coupon ?? '')]
  const coupon = live && (!deleted || live.created <= start) ? live : deleted
  if (!coupon) throw new Error(`the coupon ${String(source.coupon)} of a discount is gone`)
  return coupon
}

/** https://docs.stripe.com/billing/subscriptions/coupons#stacking-restrictions */
const most = 20

function checkTogether(coupons: Coupon[], param: string): void {
  if (coupons.length > most) throw invalidRequest(`You can pass at most ${most} discounts.`, { param })
  if (new Set(coupons).size < coupons.length) {
    throw invalidRequest('Each discount must be of another coupon.', { param })
  }
}

function couponAskedFor(given: NewDiscount, holder: Holder, ctx: Context): Coupon {
  if (given.discount !== undefined) return couponOf(existing(given.discount, holder, ctx), ctx.state)
  return redeemable(given, holder, ctx).coupon
}

function endOf({ duration, duration_in_months: months }: Coupon, start: number): number | null {
  if (duration !== 'repeating') return null
  return periodEnd(start, { interval: 'month', interval_count: months ?? 1 }, start)
}

/** One that is there on the holder, or on what the holder is part of. */
function existing(id: string, holder: Holder, { state, now }: Context): Discount {
  const discount = state.discounts.get(id)
  if (discount && isOn(discount, holder) && isActive(discount, now)) return discount
  throw noSuch('discount', id, paramOf(holder, 'discount'))
}

function isOn(discount: Discount, { customer, subscription, subscriptionItem, invoice }: Holder): boolean {
  const isWithin = (held: string | null, own: string | undefined) => held === null || held === own
  return (
    discount.customer === customer &&
    isWithin(discount.subscription, subscription) &&
    isWithin(discount.subscription_item, subscriptionItem) &&
    isWithin(discount.invoice, invoice)
  )
}

function detachFromSubscription({ id, subscription: holder }: Discount, { state, emit }: Context): void {
  const subscription = state.subscriptions.get(holder ?? '')
  if (!subscription) return
  const without = (ids: string[]) => ids.filter((other) => other !== id)
  const previous = applyChanges(subscription, {
    discounts: without(subscription.discounts),
    items: {
      ...subscription.items,
      data: subscription.items.data.map((item) => ({ ...item, discounts: without(item.discounts) })),
    },
  })
  if (previous) emit('customer.subscription.updated', subscription, previous)
}

function paramOf({ param }: Pick<Holder, 'param'>, name: string): string {
  return param === undefined ? name : `${param}[${name}]`
}
