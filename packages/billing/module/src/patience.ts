import { setTimeout as sleep } from 'node:timers/promises'
import { isAppError } from '@lightpress/protocol'

/** Milliseconds between one try and the next: eight seconds in all, which Stripe's rate limit takes. */
const waits = [250, 500, 1_000, 2_000, 4_000]

/** For work that nobody waits for: asks Stripe again while it is away or busy, and gives up after a while. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const wait of waits) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnavailable(error)) throw error
      await sleep(wait)
    }
  }
  return ask()
}

export function isUnavailable(error: unknown): boolean {
  return isAppError(error) && error.code === 'unavailable'
}
