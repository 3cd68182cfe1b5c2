import { query, revalidate } from '@solidjs/router'
import { isSignedOut, type read } from './read.ts'

/**
 * Asks anew behind what is shown, for whoever looks every few seconds: a failure is theirs to tell, and takes nothing
 * away.
 */
export async function readAgain<Args extends unknown[], T>(
  cached: ReturnType<typeof read<Args, T>>,
  ...args: Args
): Promise<void> {
  const key = cached.keyFor(...args)
  const mine = ++cached.asked
  try {
    const answer = await cached.ask(...args)
    // What was asked for since then is newer than this.
    if (cached.asked !== mine) return
    // Its type wants to be told that an answer that was waited for is no promise.
    query.set(key, answer as never)
  } catch (error) {
    if (isSignedOut(error)) return revalidate(key)
    throw error
  }
  await revalidate(key, false)
}
