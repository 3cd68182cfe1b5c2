import { amountOf } from '../arithmetic/amounts.ts'
import { discountAmounts, type DiscountTerms } from '../arithmetic/discounts.ts'
import { redeem, redeemable, type Holder } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { ApiError } from '../http/errors.ts'
import { ownedBy } from '../state/owners.ts'
import type { CheckoutOrder, CheckoutSession, Coupon, LineItem, State } from '../state/state.ts'
import type { NewDiscount } from '../subscriptions/new-subscription.ts'
import { priceOf } from './line-items.ts'

/** What the session's discount is of. */
export function couponOf({ discounts }: CheckoutSession, { coupons, promotionCodes }: Context['state']): Coupon | null {
  const [discount] = discounts ?? []
  const { promotion } = promotionCodes.get(discount?.promotion_code ?? '') ?? {}
  return coupons.get(promotion?.coupon ?? discount?.coupon ?? '') ?? null
}

/** What is asked to be redeemed once the session is complete. */
export function discountsOf({ discounts }: CheckoutSession): NewDiscount[] {
  return (discounts ?? []).map(({ coupon, promotion_code: code }) =>
    code === null ? { coupon: coupon ?? undefined } : { promotion_code: code },
  )
}

/** Refuses a coupon or a code that this customer cannot have for this purchase. */
export function checkDiscounts(session: CheckoutSession, order: CheckoutOrder, ctx: Context): void {
  for (const [at, { coupon, promotion_code: code }] of (session.discounts ?? []).entries()) {
    const asked = { coupon: coupon ?? undefined, promotion_code: code ?? undefined }
    redeemable(asked, { ...purchaseOf(session, order, ctx), param: `discounts[${at}]` }, ctx)
  }
}

/** Whether they can be had still. */
export function mayHaveDiscounts(session: CheckoutSession, order: CheckoutOrder, ctx: Context): boolean {
  try {
    checkDiscounts(session, order, ctx)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

/** Counts what a single payment was reduced by; a subscription redeems by itself. */
export function redeemDiscounts(session: CheckoutSession, order: CheckoutOrder, ctx: Context): void {
  const holder = { ...purchaseOf(session, order, ctx), checkoutSession: session.id }
  for (const discount of discountsOf(session)) redeem(discount, holder, ctx)
}

/** What a discount of this session would be for. */
export function purchaseOf(session: CheckoutSession, order: CheckoutOrder, { state }: Context): Holder {
  return {
    customer: quotedCustomer(session, order),
    currency: session.currency ?? undefined,
    amount: order.lineItems.reduce((total, item) => total + amountOf(priceOf(item), item.quantity ?? 0), 0),
    products: order.lineItems.map((item) => priceOf(item).product),
    firstTime: isFirstOrder(session, order, state),
  }
}

/** Whether the customer has paid for nothing else yet; what this session itself has tried does not count. */
export function isFirstOrder(session: CheckoutSession, order: CheckoutOrder, state: State): boolean {
  const customer = quotedCustomer(session, order)
  if (customer === null) return true
  const pays = ownedBy('paymentIntents', customer, state).some(({ id }) => id !== order.paymentIntent)
  return !pays && ownedBy('subscriptions', customer, state).length === 0
}

/** Who will pay, if that is known already. */
export function quotedCustomer({ customer }: CheckoutSession, { customer: made }: CheckoutOrder): string | null {
  return customer ?? made
}

/** What the coupon takes off each item. */
export function reductions(items: readonly LineItem[], coupon: Coupon | null) {
  const lines = items.map((item) => ({
    amount: amountOf(priceOf(item), item.quantity ?? 1),
    product: priceOf(item).product,
    discountable: true,
    discounts: [],
  }))
  return discountAmounts(lines, coupon ? [termsOf(coupon)] : [])
}

function termsOf({ id, percent_off: percentOff, amount_off: amountOff, applies_to: appliesTo }: Coupon): DiscountTerms {
  return { id, percentOff, amountOff, products: appliesTo?.products ?? null }
}
