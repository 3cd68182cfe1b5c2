import type { SignedIn } from '@lightpress/auth-contract'
import { AppError } from '@lightpress/protocol'
import { routes } from 'virtual:lightpress-routes/auth'
import { reachingFetch } from './reaching-fetch.ts'
import { createRenewingFetch, sessionLock } from './renewing-fetch.ts'
import { readSession, writeSession } from './session-note.ts'
import { setSignInReason } from './sign-in-reason.ts'

const { method, path } = routes.refreshToken
const endListeners = new Set<() => void>()

const { fetch: sessionFetch, renew } = createRenewingFetch({
  fetch: reachingFetch,
  refresh: () => reachingFetch(path, { method, headers: { 'content-type': 'application/json' }, body: '{}' }),
  renewedAt: () => readSession()?.renewedAt ?? 0,
  onRenewed: async (answer) => sessionStarted((await answer.json()) as SignedIn),
  onOver: sessionOver,
  locks: navigator.locks,
})

/** `fetch` for everything that needs a session. */
export { sessionFetch }

/**
 * Sends what is answered with the cookies of a session. No tab renews one meanwhile: its answer could come later and put
 * the older cookies over the newer.
 */
export async function startSession(send: () => Promise<SignedIn>): Promise<void> {
  await navigator.locks.request(sessionLock, async () => sessionStarted(await send()))
}

/** The same for whoever has a session. It is renewed before, because `send` must not: it would wait for its own lock. */
export async function replaceSession(send: () => Promise<SignedIn>): Promise<void> {
  if (!(await renew(Date.now()))) throw sessionIsOver()
  await startSession(send)
}

function sessionStarted({ user }: SignedIn) {
  setSignInReason(undefined)
  writeSession({ renewedAt: Date.now(), userId: user.id, organizationId: user.organizationId })
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
  if (await renew(Date.now())) return readSession()?.organizationId ?? null
  throw sessionIsOver()
}

/** Whether the session goes on, by the only word that counts, the server's. When it does not, the session is over. */
export function isStillSignedIn(): Promise<boolean> {
  return renew(Date.now())
}

/** Told once, and not at all after a sign-out, which has taken the note away. */
function sessionOver() {
  if (!readSession()) return
  writeSession(undefined)
  setSignInReason('session_ended')
  for (const listener of endListeners) listener()
}

function sessionIsOver(): AppError {
  return new AppError('unauthenticated', 'web.session_over', 'The session is over.')
}
