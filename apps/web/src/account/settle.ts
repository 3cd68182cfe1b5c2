export interface Settling<T> {
  ask: () => Promise<T>
  isSettled: (answer: T) => boolean
  /** Waits that long, or less when there is news. */
  pause: (milliseconds: number) => Promise<void>
  signal: AbortSignal
}

/** Between two looks; news cuts each of them short. Together a minute, which a webhook rarely needs. */
export const pauses = [1000, 1000, 2000, 3000, 5000, 8000, 10_000, 15_000, 15_000]

/** Asks until the answer is the awaited one. Undefined when it did not come in time or is no longer waited for. */
export async function settle<T>({ ask, isSettled, pause, signal }: Settling<T>): Promise<T | undefined> {
  for (const milliseconds of [0, ...pauses]) {
    if (milliseconds > 0) await pause(milliseconds)
    if (signal.aborted) return undefined
    const answer = await ask()
    if (isSettled(answer)) return answer
  }
  return undefined
}
