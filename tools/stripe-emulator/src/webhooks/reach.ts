import { awayForLongAfter, waitAfterFailures } from './retry-waits.ts'
import type { WebhookAnswer } from './webhook-request.ts'

/** Whether an endpoint can be reached, as far as is known. */
export interface Reach {
  note(answer: WebhookAnswer, url: string): void
  /** It could not be reached when it was last tried. */
  readonly isAway: boolean
  /** It is away for longer than a restart takes. */
  readonly isAwayForLong: boolean
  /** It is left alone until then, in wall-clock milliseconds. */
  readonly restsUntil: number
}

export function createReach(log: (message: string) => void): Reach {
  let failures = 0
  let restsUntil = 0

  return {
    get isAway() {
      return failures > 0
    },
    get isAwayForLong() {
      return failures >= awayForLongAfter
    },
    get restsUntil() {
      return restsUntil
    },
    note({ result, text }, url) {
      if (result !== 'down') {
        if (failures > 0) log(`webhook endpoint ${url} answers again; delivering what waited`)
        failures = 0
        restsUntil = 0
        return
      }
      // Those that were under way at the same time fail together, and count as one.
      if (restsUntil > Date.now()) return
      if (failures === 0) log(`webhook endpoint ${url} cannot be reached (${text}); its events wait`)
      failures += 1
      restsUntil = Date.now() + waitAfterFailures(failures)
    },
  }
}
