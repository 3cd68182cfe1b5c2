import { defineJob, enqueue } from '@lightpress/kernel'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { isStandIn } from './stripe/client.ts'
import { bringPromotionCode } from './stripe/promotion-codes.ts'
import { syncPlans } from './sync-plans.ts'

/** At Stripe itself coupons are made by whoever sells: nobody finds one there that development left behind. */
export const seedPromotion = defineJob('seed-promotion', z.object({}), async (_payload, ctx: BillingContext) => {
  if (!isStandIn(ctx.config)) return
  await bringPromotionCode({ code: 'LAUNCH20', name: 'Launch offer', percentOff: 20, months: 3 }, ctx)
})

/** So that the desk of the stand-in shows our plans, and a code to try, from the first start on. */
export async function seed(ctx: BillingContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    await enqueue(tx, syncPlans, { payload: {} })
    if (isStandIn(ctx.config)) await enqueue(tx, seedPromotion, { payload: {} })
  })
}
