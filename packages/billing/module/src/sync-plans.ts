import { defineJob, enqueue } from '@lightpress/kernel'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { syncCatalogue } from './stripe/catalogue.ts'

/** Brings the catalogue to Stripe; tried again while Stripe is away. */
export const syncPlans = defineJob('sync-plans', z.object({}), async (_payload, ctx: BillingContext) => {
  await syncCatalogue(ctx)
})

/** So that the desk of the stand-in shows our plans from the first start on. */
export async function seed(ctx: BillingContext): Promise<void> {
  await ctx.withTx((tx) => enqueue(tx, syncPlans, { payload: {} }))
}
