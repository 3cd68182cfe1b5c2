import { accessToken, revocationSignal, type ApiKeyGrant, type Identity, type Revocation } from '@lightpress/protocol'
import { summarizeError, type Logger } from './logging.ts'
import type { Signals } from './queues.ts'

export interface RevocationsOptions {
  /** A page of revocations after a sequence number, from the module that keeps them, and which keys it publishes. */
  read: (after: number) => Promise<{ revocations: Revocation[]; latest: number; keySet: string }>
  /** Told of every answer. */
  onKeySet: (keySet: string) => void
  signals: Signals
  log: Logger
}

/** Half of the second that is promised: a signal that is lost costs no more, with room for the way. */
const POLL = 500
/**
 * A revoked token is dead by itself after this, and what an API key stands for was asked again; then the entry may go.
 * Twice the token's life.
 */
const REMEMBER = 600_000

/**
 * What ended early, known in every process within a second: pushed by signal, polled twice a second behind it,
 * loaded at boot and whenever signals begin to be heard, page by page. With the source away the tokens' own five minutes are the bound.
 */
export function createRevocations({ read, onKeySet, signals, log }: RevocationsOptions) {
  const sessions = new Map<string, number>()
  const apiKeys = new Map<string, number>()
  const organizations = new Map<string, number>()
  const people = new Map<string, { minimumVersion: number; at: number }>()
  const listeners = new Set<() => void>()
  let latest = 0
  let readAt = Date.now()
  let running: Promise<void> | undefined
  let again = false

  const load = async () => {
    let more
    do {
      again = false
      const answer = await read(latest)
      for (const revocation of answer.revocations) add(revocation)
      more = answer.latest > latest
      latest = Math.max(latest, answer.latest)
      readAt = Date.now()
      onKeySet(answer.keySet)
    } while (again || more)
  }

  const add = (revocation: Revocation) => {
    const at = Date.now()
    if (revocation.sessionId) sessions.set(revocation.sessionId, at)
    if (revocation.apiKeyId) apiKeys.set(revocation.apiKeyId, at)
    if (revocation.userId && revocation.minimumVersion !== null)
      people.set(revocation.userId, { minimumVersion: revocation.minimumVersion, at })
    const { organizationId, reopened } = revocation
    if (organizationId && reopened) organizations.delete(organizationId)
    else if (organizationId) organizations.set(organizationId, at)
  }

  const refresh = () => {
    again = true
    running ??= load()
      .catch((error: unknown) =>
        log.debug({ error: summarizeError(error) }, 'revocations could not be read; it is tried again'),
      )
      .finally(() => {
        running = undefined
        forget()
        for (const listen of listeners) listen()
      })
    return running
  }

  const forget = () => {
    const before = Date.now() - REMEMBER
    for (const ended of [sessions, apiKeys, organizations])
      for (const [id, at] of ended) if (at < before) ended.delete(id)
    for (const [id, { at }] of people) if (at < before) people.delete(id)
  }

  const undo = [signals.on(revocationSignal, () => void refresh()), signals.onConnect(() => void refresh())]
  const timer = setInterval(() => void refresh(), POLL)

  return {
    refresh,
    isRevoked: ({ sessionId, userId, sessionVersion, organizationId }: Identity): boolean =>
      sessions.has(sessionId) ||
      sessionVersion < (people.get(userId)?.minimumVersion ?? 0) ||
      (organizationId !== null && organizations.has(organizationId)),
    isApiKeyRevoked: ({ apiKeyId, organizationId }: Pick<ApiKeyGrant, 'apiKeyId' | 'organizationId'>): boolean =>
      apiKeys.has(apiKeyId) || organizations.has(organizationId),
    /** Nothing was heard for as long as a token lives: whoever is let in on an older word may be revoked by now. */
    isStale(): boolean {
      return Date.now() - readAt > accessToken.lifetimeSeconds * 1_000
    },
    /** Called after every reading, and every try at one. */
    onChange(listen: () => void): void {
      listeners.add(listen)
    },
    async close() {
      clearInterval(timer)
      for (const stop of undo) stop()
      await running
    },
  }
}

export type Revocations = ReturnType<typeof createRevocations>
