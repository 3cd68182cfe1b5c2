import { defineJob, type Tx } from '@lightpress/kernel'
import type { NotificationsContext } from '../context.ts'
import { post } from './post.ts'
import { sendWebhook } from './send-job.ts'
import { settle } from './settle.ts'
import { passTurn, takeTurn, type Turn } from './turns.ts'

/** Those that wait for customers' servers hold nothing meanwhile, so there may be many. */
const lane = { name: 'webhooks', concurrency: 256 }

/** Milliseconds after which a job takes no further turn: others wait for its place in the lane, and a deployment for its end. */
const TURNS = 2_000

/**
 * Makes attempts as long as there is something due, for a moment. That one is under way is committed before it and what came
 * of it after it, so that a process that dies in between leaves a delivery that is due again: it arrives at least once, and
 * its `webhook-id` tells repetitions.
 */
export const sendDueWebhook = defineJob(
  sendWebhook.name,
  sendWebhook.payload,
  async ({ endpointId }, ctx: NotificationsContext) => {
    const end = Date.now() + TURNS
    let turn = await take(endpointId, ctx)
    while (turn) turn = await attempt(turn, end, ctx)
  },
  { lane },
)

/** One job of an endpoint waits at a time: it sees what the others came for, takes one and makes jobs for what has room. */
async function take(endpointId: string, ctx: NotificationsContext): Promise<Turn | null> {
  const { asked, gate, retries } = ctx.webhooks
  if (asked.has(endpointId)) return null
  asked.add(endpointId)
  return gate(() => {
    // Whoever comes from now on may have come too late to be seen.
    asked.delete(endpointId)
    return ctx.withTx((tx) => takeTurn(tx, { endpointId, retries }))
  })
}

/** Gives the next turn, where there is one and time for it. */
async function attempt({ delivery, endpoint }: Turn, end: number, ctx: NotificationsContext): Promise<Turn | null> {
  const made = await post(delivery, endpoint, ctx)
  const { organizationId } = delivery
  const { retries, gate } = ctx.webhooks
  const settled = async (tx: Tx) => {
    const health = await settle(tx, { delivery, attempt: made, retries })
    if (health === 'disabled') ctx.log.warn({ endpoint: endpoint.id }, 'a webhook endpoint takes nothing: disabled')
    // One that is well again may have more under way than before; else there is room for one as this one ends.
    return passTurn(tx, { organizationId, retries, goesOn: Date.now() < end, toAll: health === 'well' })
  }
  return gate(() => ctx.withTx(settled))
}
