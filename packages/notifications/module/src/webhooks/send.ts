import { defineJob } from '@lightpress/kernel'
import type { NotificationsContext } from '../context.ts'
import { post } from './post.ts'
import { sendWebhook } from './send-job.ts'
import { settle } from './settle.ts'
import { takeTurn } from './turns.ts'

/** Those that wait for customers' servers hold nothing meanwhile, so there may be many. */
const lane = { name: 'webhooks', concurrency: 64 }

/**
 * One attempt at one delivery. That it is under way is committed first and what came of it last, so that a process that
 * dies in between leaves a delivery that is due again: it arrives at least once, and its `webhook-id` tells repetitions.
 */
export const sendDueWebhook = defineJob(
  sendWebhook.name,
  sendWebhook.payload,
  async ({ endpointId }, ctx: NotificationsContext) => {
    const turn = await ctx.withTx((tx) => takeTurn(tx, endpointId))
    if (!turn) return
    const { delivery, endpoint } = turn
    const attempt = await post(delivery, endpoint, ctx)
    const { retries } = ctx.webhooks
    const health = await ctx.withTx((tx) => settle(tx, { delivery, attempt, retries }))
    if (health === 'disabled') ctx.log.warn({ endpoint: endpoint.id }, 'a webhook endpoint takes nothing: disabled')
  },
  { lane },
)
