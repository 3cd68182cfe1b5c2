import { isAppError } from '@lightpress/protocol'
import { query, redirect, revalidate } from '@solidjs/router'
import { signInPath } from './next-path.ts'
import { writeSession } from './session-note.ts'

/**
 * A cached read of someone who is signed in; without a session it leads to sign-in and back again. `again` asks anew
 * behind what is shown, for whoever looks every few seconds: a failure is theirs to tell, and takes nothing away.
 */
export function read<Args extends unknown[], T>(name: string, ask: (...args: Args) => Promise<T>) {
  let asked = 0
  const cached = query(async (...args: Args): Promise<T> => {
    asked++
    try {
      return await ask(...args)
    } catch (error) {
      if (!isSignedOut(error)) throw error
      // A note of a session that is refused would lead from there back here, and Back to what was read with it.
      writeSession(undefined)
      query.clear()
      throw redirect(signInPath(location))
    }
  }, name)

  const again = async (...args: Args): Promise<void> => {
    const key = cached.keyFor(...args)
    const mine = ++asked
    try {
      const answer = await ask(...args)
      // What was asked for since then is newer than this.
      if (asked !== mine) return
      // Its type wants to be told that an answer that was waited for is no promise.
      query.set(key, answer as never)
    } catch (error) {
      if (isSignedOut(error)) return revalidate(key)
      throw error
    }
    await revalidate(key, false)
  }
  return Object.assign(cached, { again })
}

function isSignedOut(error: unknown): boolean {
  return isAppError(error) && error.code === 'unauthenticated'
}
