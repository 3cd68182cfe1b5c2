import { isAppError } from '@lightpress/protocol'
import { query, redirect } from '@solidjs/router'
import { signInPath } from './next-path.ts'
import { writeSession } from './session-note.ts'

/**
 * A cached read of someone who is signed in; without a session it leads to sign-in and back again. What it asks, and how
 * often it did so far, is for `readAgain`.
 */
export function read<Args extends unknown[], T>(name: string, ask: (...args: Args) => Promise<T>) {
  const cached = query(async (...args: Args): Promise<T> => {
    own.asked++
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
  const own = Object.assign(cached, { ask, asked: 0 })
  return own
}

export function isSignedOut(error: unknown): boolean {
  return isAppError(error) && error.code === 'unauthenticated'
}
