import { z } from 'zod'
import type { Query } from './contract.ts'

/**
 * What became of a delivery at its listener. `unknown`: never seen, or not settled yet;
 * the publisher's reconciler sends it again.
 */
export const DeliveryState = z.enum(['done', 'dead', 'unknown'])
export type DeliveryState = z.infer<typeof DeliveryState>

const input = z.object({ ids: z.array(z.uuid()).max(1000) })
const output = z.object({ states: z.record(z.string(), DeliveryState) })

export interface DeliveryOperations {
  readDeliveryStates: Query<typeof input, typeof output>
}

/** Every module answers this; the kernel implements it from the module's inbox. */
export const deliveryOperations: DeliveryOperations = {
  readDeliveryStates: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'What became of events and jobs that were sent to this module.',
    input,
    output,
  },
}
