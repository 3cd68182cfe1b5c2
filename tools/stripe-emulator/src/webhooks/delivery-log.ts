import type { Delivery, State } from '../state/state.ts'

/** How many of each outcome are kept for the log, so that what goes well does not push out what failed. */
const mostEnded = 1_000

type Outcome = Exclude<Delivery['status'], 'pending'>

/** How many webhooks there are of each kind, those included which the log has forgotten since the start or the last reset. */
export interface DeliverySummary {
  pending: number
  delivered: number
  failed: number
  /** How often one was given up, unsent or refused, because too many were waiting for its endpoint. */
  crowdedOut: number
}

/** Keeps the log of deliveries within bounds, and counts. */
export interface DeliveryLog {
  /** This one has ended; the oldest that ended so may be forgotten. */
  ended(delivery: Delivery, outcome: Outcome): void
  /** One that had ended is on its way again. */
  begunAgain(delivery: Delivery): void
  crowdedOut(): void
  summary(): DeliverySummary
  /** Counts anew what the state holds. */
  resume(): void
}

export function createDeliveryLog({ deliveries }: Pick<State, 'deliveries'>): DeliveryLog {
  /** The ids of those that are kept, in the order in which they ended. */
  const kept = { delivered: new Set<string>(), failed: new Set<string>() }
  const counts = { delivered: 0, failed: 0, crowdedOut: 0 }

  function ended({ id }: Delivery, outcome: Outcome): void {
    counts[outcome] += 1
    kept[outcome].add(id)
    const [oldest] = kept[outcome]
    if (oldest === undefined || kept[outcome].size <= mostEnded) return
    kept[outcome].delete(oldest)
    deliveries.delete(oldest)
  }

  return {
    ended,
    begunAgain({ id, status }) {
      if (status === 'pending') return
      counts[status] -= 1
      kept[status].delete(id)
    },
    crowdedOut() {
      counts.crowdedOut += 1
    },
    summary() {
      const { size: delivered } = kept.delivered
      return { pending: deliveries.size - delivered - kept.failed.size, ...counts }
    },
    resume() {
      Object.assign(counts, { delivered: 0, failed: 0, crowdedOut: 0 } satisfies typeof counts)
      for (const ids of Object.values(kept)) ids.clear()
      for (const delivery of [...deliveries.values()]) {
        if (delivery.status !== 'pending') ended(delivery, delivery.status)
      }
    },
  }
}
