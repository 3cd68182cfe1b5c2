import type { SignedIn } from '@lightpress/auth-contract'
import { AppError } from '@lightpress/protocol'
import { auth as routes } from 'virtual:lightpress-routes'
import { readSession, writeSession } from './session-note.ts'

const endListeners = new Set<() => void>()

/** To be called with every answer that sets the session's cookies. */
export function sessionStarted({ user }: SignedIn) {
  writeSession({ renewedAt: Date.now(), organizationId: user.organizationId })
}

/** The server refused to renew it. Told once, and not at all after a sign-out, which has taken the note away. */
export function sessionEnded() {
  if (!readSession()) return
  writeSession(undefined)
  for (const listener of endListeners) listener()
}

/** Called when the session is over in this tab; returns its own undoing. */
export function onSessionEnd(listener: () => void): () => void {
  endListeners.add(listener)
  return () => endListeners.delete(listener)
}

/** The organisation that the session acts for: as noted, else as the server says. */
export async function activeOrganizationId(): Promise<string | null> {
  const noted = readSession()
  if (noted) return noted.organizationId
  if (await renewSession(Date.now())) return readSession()?.organizationId ?? null
  throw new AppError('unauthenticated', 'web.session_over', 'The session is over.')
}

/** `fetch`, but a dead network is told as what it means to a person. */
export async function reachingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init)
  } catch (error) {
    if (init?.signal?.aborted) throw error
    throw new AppError('unavailable', 'web.unreachable', 'The server cannot be reached.', { cause: error })
  }
}

/** Repeats a request once with a renewed session when its access token had expired. */
export async function sessionFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const sentAt = Date.now()
  const response = await reachingFetch(input, init)
  if (response.status !== 401) return response
  if (await renewSession(sentAt)) return reachingFetch(input, init)
  sessionEnded()
  return response
}

/**
 * One renewal at a time across all tabs. Who waited for the lock finds that the session has been renewed since
 * its own request was sent, and goes on with that. False when the session is over.
 */
function renewSession(sentAt: number): Promise<boolean> {
  return navigator.locks.request('lightpress.session', async () => {
    if ((readSession()?.renewedAt ?? 0) > sentAt) return true
    const { method = 'POST', path = '' } = routes['refreshToken'] ?? {}
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const response = await reachingFetch(path, { method, headers, body: '{}' })
    if (response.ok) sessionStarted((await response.json()) as SignedIn)
    else if (response.status !== 401) {
      throw new AppError('unavailable', 'web.session_not_renewed', 'The session could not be renewed.')
    }
    return response.ok
  })
}
