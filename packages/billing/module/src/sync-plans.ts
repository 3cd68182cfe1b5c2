import { ConfigError, defineJob, type Command } from '@lightpress/kernel'
import { isAppError } from '@lightpress/protocol'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { syncCatalogue } from './stripe/catalogue.ts'

/** Brings the catalogue to Stripe; tried again while Stripe is away. */
export const syncPlans = defineJob('sync-plans', z.object({}), async (_payload, ctx: BillingContext) => {
  await syncCatalogue(ctx)
})

export const syncPlansByHand: Command<BillingContext> = {
  name: 'billing sync-plans',
  summary: 'Brings the plan catalogue to Stripe: products, meters and prices. Changes nothing that is right.',
  async run({ args }, ctx) {
    if (args.length > 0) throw new ConfigError(`billing sync-plans takes nothing, and not "${args.join(' ')}".`)
    const changes = await sync(ctx)
    if (changes.length === 0) return 'Stripe has the whole catalogue already; nothing was changed.'
    return ['Brought the catalogue to Stripe:', ...changes.map((change) => `- ${change}`)].join('\n')
  },
}

async function sync(ctx: BillingContext): Promise<string[]> {
  try {
    return (await syncCatalogue(ctx)).changes
  } catch (error) {
    if (!isAppError(error) || error.code !== 'unavailable') throw error
    const where = ctx.config.STRIPE_API_BASE
    const message = `Stripe did not answer at ${where}, or did not let us in (STRIPE_SECRET_KEY). Run this again: what was brought already stays.`
    throw new ConfigError(message, { cause: error })
  }
}
