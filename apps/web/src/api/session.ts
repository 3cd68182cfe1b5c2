import type { SignedIn } from '@lightpress/auth-contract'
import { routes } from 'virtual:lightpress-routes/auth'
import { reachingFetch } from './reaching-fetch.ts'
import { createRenewingFetch, sessionIsOver } from './renewing-fetch.ts'
import { readSession, writeSession } from './session-note.ts'
import { setSignInReason } from './sign-in-reason.ts'

const { method, path } = routes.refreshToken
const endListeners = new Set<() => void>()

const {
  fetch: sessionFetch,
  renew,
  alone,
  renewedAlone,
} = createRenewingFetch({
  fetch: reachingFetch,
  refresh: () => reachingFetch(path, { method, headers: { 'content-type': 'application/json' }, body: '{}' }),
  renewedAt: () => readSession()?.renewedAt ?? 0,
  onRenewed: async (answer) => sessionStarted((await answer.json()) as SignedIn),
  onOver: sessionOver,
  locks: navigator.locks,
})

/** `fetch` for everything that needs a session. */
export { sessionFetch }

/** Sends what makes a session where there may be none. */
export function startSession(send: () => Promise<SignedIn>): Promise<void> {
  return alone(async () => sessionStarted(await send()))
}

/** Sends what puts a session in the place of this one. */
export function replaceSession(send: () => Promise<SignedIn>): Promise<void> {
  return renewedAlone(async () => sessionStarted(await send()))
}

/** Sends what ends this session. */
export function endSession(send: () => Promise<unknown>): Promise<void> {
  return renewedAlone(async () => {
    await send()
    writeSession(undefined)
  })
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
