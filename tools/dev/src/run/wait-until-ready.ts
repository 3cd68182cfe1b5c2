import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `url` answers well; throws when the signal aborts first. */
export async function waitUntilReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (await answersWell(url, signal)) return
    await sleep(20, undefined, { signal })
  }
}

async function answersWell(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
