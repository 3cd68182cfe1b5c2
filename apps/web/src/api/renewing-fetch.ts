import { AppError } from '@lightpress/protocol'
import { sessionLock } from './session-lock.ts'

export interface RenewingOptions {
  fetch: typeof globalThis.fetch
  /** Asks the server for a new session. */
  refresh: () => Promise<Response>
  /** When any tab last renewed it, in milliseconds since the epoch; 0 if unknown. */
  renewedAt: () => number
  onRenewed: (answer: Response) => Promise<void>
  /** Whose session it is; undefined while that is not known. */
  person: () => string | undefined
  /** The server has refused to renew it. */
  onOver: () => void
  locks: Pick<LockManager, 'request'>
  /** Waits; injected by tests. */
  pause?: (milliseconds: number) => Promise<void>
}

/** How often a session that was just replaced is asked for, and the milliseconds in between. */
const asks = 5
const betweenAsks = 500

/** Repeats a request once with a renewed session when its access token had expired. */
export function createRenewingFetch(options: RenewingOptions) {
  const { fetch, refresh, renewedAt, onRenewed, person, onOver, locks, pause = wait } = options
  let refusedAt = 0

  /**
   * One renewal at a time across all tabs. Who waited for the lock finds that the session has been renewed since
   * its own request was sent, and goes on with that; or that it has been refused. False when the session is over.
   */
  function renew(sentAt: number): Promise<boolean> {
    return locks.request(sessionLock, async () => {
      if (renewedAt() > sentAt) return true
      if (refusedAt > sentAt) return false
      const answer = await askForNewest()
      if (answer.ok) await onRenewed(answer)
      else if (answer.status !== 401) {
        throw new AppError('unavailable', 'web.session_not_renewed', 'The session could not be renewed.')
      } else {
        refusedAt = Date.now()
        onOver()
      }
      return answer.ok
    })
  }

  /**
   * A conflict says that another tab has just been given a new session in place of this one (it changed the password):
   * its cookies are on their way into this browser, and the next request takes them along.
   */
  async function askForNewest(): Promise<Response> {
    let answer = await refresh()
    for (let asked = 1; answer.status === 409 && asked < asks; asked++) {
      await pause(betweenAsks)
      answer = await refresh()
    }
    return answer
  }

  async function renewingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const sentAt = Date.now()
    const sentFor = person()
    const response = await fetch(input, init)
    if (response.status !== 401) return response
    if (!(await renew(sentAt))) return response
    expectPerson(sentFor)
    return fetch(input, init)
  }

  /**
   * Sends what is answered with the cookies of a session, or without. No tab renews one meanwhile: its answer could
   * come later and put the older cookies over the newer. It is renewed before, because `send` must not: it would wait
   * for its own lock.
   */
  async function renewedAlone<T>(send: () => Promise<T>): Promise<T> {
    const sentFor = person()
    if (!(await renew(Date.now()))) throw sessionIsOver()
    expectPerson(sentFor)
    return locks.request(sessionLock, send)
  }

  /** An impersonation ends, and the operator's own session goes on: what was meant for one is not done to the other. */
  function expectPerson(before: string | undefined) {
    if (before === undefined || person() === before) return
    // Not that it is over, since it goes on: whoever reads that would forget it, and lead to sign-in.
    throw new AppError('conflict', 'web.person_changed', 'Somebody else is signed in here now.')
  }

  return { fetch: renewingFetch, renew, renewedAlone }
}

export function sessionIsOver(): AppError {
  return new AppError('unauthenticated', 'web.session_over', 'The session is over.')
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
