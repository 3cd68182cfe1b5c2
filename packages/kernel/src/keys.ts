import { keysSignal, type VerificationKey } from '@lightpress/protocol'
import { summarizeError, type Logger } from './logging.ts'
import type { Signals } from './queues.ts'
import { createTokenVerifier, type VerifyToken } from './token-verifier.ts'

export interface KeyRingOptions {
  /** The keys that are published now, from the module that keeps them. */
  read: () => Promise<{ keys: VerificationKey[] }>
  publicUrl: string
  signals: Signals
  log: Logger
}

const ASK_AT_MOST_EVERY = 1_000
const REFRESH = 60_000

interface Known {
  x: string
  verify: VerifyToken
}

/**
 * The public keys that access tokens may be signed with, by `kid`. Asked for when the first is needed; from then on by
 * signal, after a reconnect and every minute, so that a key that is gone verifies nothing from then on.
 */
export function createKeyRing({ read, publicUrl, signals, log }: KeyRingOptions) {
  let keys = new Map<string, Known>()
  let askedAt = 0
  let asking: Promise<void> | undefined
  let again = false

  const load = async () => {
    do {
      again = false
      const answer = await read()
      const known = answer.keys.map(async (key) => [key.kid, await keep(keys.get(key.kid), key)] as const)
      keys = new Map(await Promise.all(known))
    } while (again)
  }

  const ask = () =>
    (asking ??= load().finally(() => {
      askedAt = Date.now()
      asking = undefined
    }))

  const keep = async (known: Known | undefined, key: VerificationKey): Promise<Known> =>
    known?.x === key.x ? known : { x: key.x, verify: await createTokenVerifier(key, publicUrl) }

  const refresh = () => {
    if (askedAt === 0 && !asking) return
    // What is being read may be from before the change.
    again = true
    ask().catch((error: unknown) =>
      log.debug({ error: summarizeError(error) }, 'the signing keys could not be read; it is tried again'),
    )
  }

  const undo = [signals.on(keysSignal, refresh), signals.onReconnect(refresh)]
  const timer = setInterval(refresh, REFRESH)

  return {
    /** The verifier of what a key has signed. An unknown `kid` asks again, at most once a second; then it is refused. */
    async find(kid: unknown): Promise<VerifyToken> {
      if (typeof kid !== 'string') throw new Error('It names no key')
      const known = keys.get(kid)
      if (known) return known.verify
      if (keys.size === 0 || Date.now() - askedAt > ASK_AT_MOST_EVERY) await ask()
      const found = keys.get(kid)
      if (!found) throw new Error('It is signed with a key that is not in use')
      return found.verify
    },
    async close() {
      clearInterval(timer)
      for (const stop of undo) stop()
      await asking?.catch(() => undefined)
    },
  }
}

export type KeyRing = ReturnType<typeof createKeyRing>
