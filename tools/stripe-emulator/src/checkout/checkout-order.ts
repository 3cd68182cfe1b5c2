import { formatMoney } from '../arithmetic/money.ts'
import { redeemable } from '../catalogue/discounts.ts'
import { promotionCodeBy } from '../catalogue/promotion-codes.ts'
import type { Context } from '../context.ts'
import { ApiError } from '../http/errors.ts'
import { copyOf } from '../state/copy.ts'
import { forkFor } from '../state/fork.ts'
import type { CheckoutOrder, CheckoutSession, Coupon, PromotionCode, State } from '../state/state.ts'
import { couponOf, purchaseOf, quotedCustomer } from './checkout-discounts.ts'
import { applyQuote, quote } from './checkout-quote.ts'
import { priceOf, quantityLimits } from './line-items.ts'
import { orderOf } from './find-session.ts'

/** Takes what was typed into the order; answers what is wrong with it, in the person's words, or null. */
export function applyPromotionCode(session: CheckoutSession, typed: string, ctx: Context): string | null {
  const order = orderOf(session, ctx)
  if (typed === '') return 'Enter a code.'
  if (!session.allow_promotion_codes) return 'Codes cannot be used here.'
  const code = promotionCodeBy(typed, quotedCustomer(session, order), ctx.state)
  if (!code) return wasGood(typed, ctx) ? 'This code has expired.' : 'This code is invalid.'
  const refusal = refusalOf(code, session, order, ctx)
  if (refusal !== null) return refusal
  session.discounts = [{ coupon: null, promotion_code: code.id }]
  reprice(session, ctx)
  return null
}

export function removePromotionCode(session: CheckoutSession, ctx: Context): void {
  if (!session.allow_promotion_codes) return
  session.discounts = []
  reprice(session, ctx)
}

/** Sets the quantities that may be set; none at all takes the item out of the order. Answers what is wrong, by item. */
export function changeQuantities(
  session: CheckoutSession,
  typed: Record<string, string>,
  ctx: Context,
): Record<string, string> {
  const order = orderOf(session, ctx)
  const errors: Record<string, string> = {}
  const wanted = order.lineItems.map((item) => {
    const limits = quantityLimits(item, order.lineItems)
    const text = typed[item.id]
    if (!limits || text === undefined) return item
    const quantity = Number(text)
    if (quantity === item.quantity) return item
    if (/^\d+$/.test(text) && quantity >= limits.least && quantity <= limits.most) return { ...item, quantity }
    errors[item.id] = `Enter a number from ${limits.least} to ${limits.most}.`
    return item
  })
  if (Object.keys(errors).length > 0) return errors
  const left = wanted.filter(({ quantity }) => quantity !== 0)
  if (left.length === 0) return Object.fromEntries(wanted.map(({ id }) => [id, 'Keep at least one item.']))
  if (wanted.some((item, at) => item !== order.lineItems[at])) {
    order.lineItems = left
    reprice(session, ctx)
  }
  return {}
}

/** Reckons anew. A code that the order no longer deserves goes. */
export function reprice(session: CheckoutSession, ctx: Context): void {
  const order = orderOf(session, ctx)
  try {
    applyQuote(session, order, quote(session, order, ctx))
  } catch (error) {
    if (!(error instanceof ApiError) || !session.allow_promotion_codes || !session.discounts?.length) throw error
    session.discounts = []
    applyQuote(session, order, quote(session, order, ctx))
  }
}

/** The session as it comes to now, in a world of its own: whoever only looks at it changes nothing. */
export function repriced(session: CheckoutSession, ctx: Context): { session: CheckoutSession; ctx: Context } {
  const order = orderOf(session, ctx)
  const view = copyOf(session)
  const fork = forkFor(quotedCustomer(session, order) ?? '', ctx)
  fork.state.checkoutSessions.set(session.id, view)
  fork.state.checkoutOrders.set(session.id, copyOf(order))
  reprice(view, fork)
  return { session: view, ctx: fork }
}

function refusalOf(code: PromotionCode, session: CheckoutSession, order: CheckoutOrder, ctx: Context): string | null {
  const { first_time_transaction: firstTime, minimum_amount: least } = code.restrictions
  const purchase = purchaseOf(session, order, ctx)
  const coupon = couponOf({ ...session, discounts: [{ coupon: null, promotion_code: code.id }] }, ctx.state)
  if (coupon && !appliesTo(coupon, order)) return 'This code does not apply to the items of your order.'
  try {
    redeemable({ promotion_code: code.id }, purchase, ctx)
    return null
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (least !== null && (purchase.amount ?? 0) < least) {
      return `This code needs an order of ${formatMoney(least, session.currency ?? 'usd')} or more.`
    }
    if (firstTime && !purchase.firstTime) return 'This code is for first orders only.'
    return 'This code is invalid.'
  }
}

function appliesTo({ applies_to: only }: Coupon, { lineItems }: CheckoutOrder): boolean {
  return !only || lineItems.some((item) => only.products.includes(priceOf(item).product))
}

function wasGood(typed: string, { state, now }: Context): boolean {
  return [...state.promotionCodes.values()].some(
    (code) =>
      code.code.toLowerCase() === typed.toLowerCase() &&
      ((code.expires_at !== null && code.expires_at <= now) || hasExpired(code, state, now)),
  )
}

function hasExpired({ promotion }: PromotionCode, { coupons }: State, now: number): boolean {
  const end = coupons.get(promotion.coupon ?? '')?.redeem_by ?? null
  return end !== null && end <= now
}
