/** Asks early for what a screen will read; who reads it meets the failure, if there is one. */
export function warm(...asked: Promise<unknown>[]) {
  for (const promise of asked) promise.catch(() => undefined)
}
