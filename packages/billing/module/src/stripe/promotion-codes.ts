import type { BillingContext } from '../context.ts'
import { ask, idOf } from './client.ts'

/**
 * Stripe's id of a code as a person types it, in any case; null where there is none, any more, for this customer. Whether
 * it is good for what they choose is for Stripe to say when they do.
 */
export async function findPromotionCode(
  { code, customerId }: { code: string; customerId: string },
  ctx: BillingContext,
): Promise<string | null> {
  const { data } = await ask(ctx, (stripe) => stripe.promotionCodes.list({ code, active: true, limit: 100 }))
  const theirs = data.find(({ customer }) => customer !== null && idOf(customer) === customerId)
  return (theirs ?? data.find(({ customer }) => customer === null))?.id ?? null
}

export interface Offer {
  code: string
  name: string
  percentOff: number
  months: number
}

/** Makes a code and the coupon that it is of, where there is no such code. */
export async function bringPromotionCode(
  { code, name, percentOff, months }: Offer,
  ctx: BillingContext,
): Promise<void> {
  const { data } = await ask(ctx, (stripe) => stripe.promotionCodes.list({ code, active: true, limit: 1 }))
  if (data.length > 0) return
  const coupon = { name, percent_off: percentOff, duration: 'repeating', duration_in_months: months } as const
  const { id } = await ask(ctx, (stripe) => stripe.coupons.create(coupon, { idempotencyKey: `coupon-${code}` }))
  await ask(ctx, (stripe) =>
    stripe.promotionCodes.create(
      { code, promotion: { type: 'coupon', coupon: id } },
      { idempotencyKey: `promotion-code-${code}-${id}` },
    ),
  )
}
