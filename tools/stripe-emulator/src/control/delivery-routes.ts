import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ApiError } from '../http/errors.ts'
import { parseParams } from '../http/parse-params.ts'
import type { DeliverySummary } from '../webhooks/delivery-log.ts'
import { matchesType } from '../webhooks/event-types.ts'
import { longestOverlap } from '../webhooks/roll-secret.ts'
import type { Controls } from './controls.ts'

const deliveryFilter = z.strictObject({
  status: z.enum(['pending', 'delivered', 'failed']).optional(),
  type: z.string().optional(),
  endpoint: z.string().optional(),
  event: z.string().optional(),
})

type Filter = z.input<typeof deliveryFilter>

export type DeliveryFilter = { [Name in keyof Filter]: Exclude<Filter[Name], undefined> }

const patience = z.strictObject({ within: z.int().min(0).max(3_600_000).default(60_000) })

const roll = z.strictObject({ overlap: z.int().min(0).max(longestOverlap).default(0) })

interface WithId {
  Params: { id: string }
}

/** What was sent, what is on its way, and the endpoints' secrets. */
export function registerDeliveries(app: FastifyInstance, controls: Controls): void {
  app.get('/deliveries', ({ query }) => {
    const { type = '*', ...same } = parseParams(deliveryFilter, query)
    const wanted = Object.entries(same) as [keyof typeof same, string][]
    const deliveries = controls
      .deliveries()
      .filter(
        (delivery) => matchesType(delivery.type, type) && wanted.every(([name, value]) => delivery[name] === value),
      )
    return { deliveries }
  })

  app.get('/deliveries/summary', () => controls.deliverySummary())
  app.post('/deliveries/settled', ({ body }) => settled(parseParams(patience, body ?? {}).within, controls))
  app.post<WithId>('/deliveries/:id/redeliver', ({ params: { id } }) => controls.redeliver(id))

  app.post<WithId>('/endpoints/:id/roll', ({ params: { id }, body }) => {
    const { overlap } = parseParams(roll, body ?? {})
    return { secret: controls.rollSecret(id, overlap) }
  })
}

async function settled(within: number, controls: Controls): Promise<DeliverySummary> {
  const enough = new AbortController()
  const late = sleep(within, 'late', { signal: enough.signal, ref: false }).catch(() => 'late')
  const outcome = await Promise.race([controls.deliveriesSettled(), late])
  enough.abort()
  const summary = controls.deliverySummary()
  if (outcome !== 'late') return summary
  const message = `After ${within} ms ${summary.pending} webhooks are still on their way.`
  throw new ApiError(504, 'api_error', message)
}
