import { defineContract, type DeliveryOperations, type Output } from '@lightpress/protocol'
import { withDeadline, type Invoke } from './invoke.ts'
import type { CallContext } from './module.ts'

/** What a listener says became of deliveries. */
export type Settled = Output<DeliveryOperations['readDeliveryStates']>

interface Asked {
  listener: string
  ids: string[]
  /** Milliseconds to wait for the answer. */
  within: number
}

/** How a module asks who listens to it what became of deliveries; rejects when that one cannot be reached in time. */
export function createAsk(module: string, invoke: Invoke) {
  return ({ listener, ids, within }: Asked, call: CallContext): Promise<Settled> => {
    const asked = { from: module, to: defineContract(listener, {}), operation: 'readDeliveryStates', input: { ids } }
    return withDeadline(within, (limit) => invoke(asked, { ...call, ...limit })) as Promise<Settled>
  }
}

export type Ask = ReturnType<typeof createAsk>
