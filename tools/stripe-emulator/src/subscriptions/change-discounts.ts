import { endDiscount, redeemAll } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import type { Subscription } from '../state/state.ts'
import type { NewDiscount } from './new-subscription.ts'

/** Sets the discounts that are given; those that are there and not named again end. */
export function changeDiscounts(
  subscription: Subscription,
  given: readonly NewDiscount[] | undefined,
  ctx: Context,
): void {
  if (!given) return
  const { id, customer, currency } = subscription
  const former = subscription.discounts
  const redeemed = redeemAll(given, { customer, subscription: id, currency }, ctx)
  subscription.discounts = redeemed.map((discount) => discount.id)
  for (const gone of former.filter((one) => !subscription.discounts.includes(one))) {
    const discount = ctx.state.discounts.get(gone)
    if (discount) endDiscount(discount, ctx)
  }
}
