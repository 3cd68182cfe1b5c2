import type { Delivery, State } from '../state/state.ts'
import type { Line } from './line.ts'

/** How many deliveries that have ended are kept for the log, and how many may wait for one endpoint. */
const mostSettled = 1_000
const mostWaiting = 10_000

/** Keeps the log of deliveries within bounds. */
export interface DeliveryLog {
  /** This one has ended; the oldest that have may be forgotten. */
  settled(delivery: Delivery): void
  /** The one to give up because too many wait in this line. */
  surplus(line: Line): Delivery | undefined
  /** Counts anew what the state holds. */
  resume(): void
}

export function createDeliveryLog({ deliveries }: Pick<State, 'deliveries'>): DeliveryLog {
  /** In the order in which they ended; one that was redelivered stands here more than once. */
  let ended: string[] = []

  function forget(): void {
    if (ended.length <= mostSettled) return
    const oldest = ended.shift() ?? ''
    if (deliveries.get(oldest)?.status !== 'pending') deliveries.delete(oldest)
  }

  return {
    settled({ id }) {
      ended.push(id)
      forget()
    },
    surplus: ({ waiting }) => (waiting.length > mostWaiting ? waiting[0] : undefined),
    resume() {
      ended = [...deliveries.values()].filter(({ status }) => status !== 'pending').map(({ id }) => id)
      while (ended.length > mostSettled) forget()
    },
  }
}
