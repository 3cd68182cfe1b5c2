import type { SignedIn } from '@lightpress/auth-contract'
import { routes } from 'virtual:lightpress-routes/entrance'
import { reachingFetch } from './reaching-fetch.ts'
import { createRenewingFetch, sessionIsOver } from './renewing-fetch.ts'
import { readSession, writeSession } from './session-note.ts'
import { sessionStarted } from './session-start.ts'
import { setSignInReason } from './sign-in-reason.ts'

/** It was handed to another person, or acts for another organisation of the same one. */
type Change = 'replaced' | 'switched'

const { method, path } = routes.refreshToken
const endListeners = new Set<() => void>()
const changeListeners = new Set<(did: Change) => void>()

const {
  fetch: sessionFetch,
  renew,
  renewedAlone,
} = createRenewingFetch({
  fetch: reachingFetch,
  refresh: () => reachingFetch(path, { method, headers: { 'content-type': 'application/json' }, body: '{}' }),
  renewedAt: () => readSession()?.renewedAt ?? 0,
  onRenewed: async (answer) => sessionRenewed((await answer.json()) as SignedIn),
  person: () => readSession()?.userId,
  onOver: sessionOver,
  locks: navigator.locks,
})

/** `fetch` for everything that needs a session. */
export { sessionFetch, sessionIsOver }

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

/**
 * Behind an impersonation that ends by itself there is the operator's own session; and whoever is in an organisation no
 * more, or can act in it no more, goes on in another one.
 */
function sessionRenewed(signedIn: SignedIn) {
  const before = readSession()
  sessionStarted(signedIn)
  if (!before) return
  const tell = (did: Change) => changeListeners.forEach((listener) => listener(did))
  if (before.userId !== signedIn.user.id) tell('replaced')
  else if (before.organizationId !== signedIn.user.organizationId) tell('switched')
}

/** Called when a renewal brought another session than there was; returns its own undoing. */
export function onSessionChange(listener: (did: Change) => void): () => void {
  changeListeners.add(listener)
  return () => changeListeners.delete(listener)
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
