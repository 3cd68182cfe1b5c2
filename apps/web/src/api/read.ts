import { isAppError } from '@lightpress/protocol'
import { query, redirect } from '@solidjs/router'
import { signInPath } from './next-path.ts'
import { writeSession } from './session-note.ts'

/** A cached read of someone who is signed in; without a session it leads to sign-in and back again. */
export function read<Args extends unknown[], T>(name: string, ask: (...args: Args) => Promise<T>) {
  return query(async (...args: Args): Promise<T> => {
    try {
      return await ask(...args)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'unauthenticated') throw error
      // A note of a session that is refused would lead from there back here, and Back to what was read with it.
      writeSession(undefined)
      query.clear()
      throw redirect(signInPath(location))
    }
  }, name)
}
