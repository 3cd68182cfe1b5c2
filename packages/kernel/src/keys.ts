import { accessToken, keysSignal, type VerificationKey } from '@lightpress/protocol'
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
/** Whatever a key has signed is dead by itself after this. */
const STALE = accessToken.lifetimeSeconds * 1_000

interface Known {
  x: string
  verify: VerifyToken
}

/**
 * The public keys that access tokens may be signed with, by `kid`. Asked for when the first is needed, and from then on
 * by signal and when the poll of revocations says that others are published: one that is gone verifies nothing a second
 * later. As long as nobody says that they are the ones, they are believed for the life of a token.
 */
export function createKeyRing({ read, publicUrl, signals, log }: KeyRingOptions) {
  let keys = new Map<string, Known>()
  let askedAt = 0
  /** When these were last known to be the ones that are published. */
  let currentAt = 0
  /** Which are published, as heard last, and as heard before these were read. */
  let published: string | undefined
  let publishedThen: string | undefined
  let asking: Promise<void> | undefined
  let again = false

  const load = async () => {
    do {
      again = false
      const publishedBefore = published
      const answer = await read()
      const known = answer.keys.map(async (key) => [key.kid, await keep(keys.get(key.kid), key)] as const)
      keys = new Map(await Promise.all(known))
      publishedThen = publishedBefore
      currentAt = Date.now()
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

  const undo = signals.on(keysSignal, refresh)

  return {
    /** Told twice a second which keys are published, for as long as whoever keeps them answers. */
    hear(keySet: string): void {
      published = keySet
      if (published === publishedThen) currentAt = Date.now()
      else refresh()
    },
    /** The verifier of what a key has signed. An unknown `kid` asks again, at most once a second; then it is refused. */
    async find(kid: unknown): Promise<VerifyToken> {
      if (typeof kid !== 'string') throw new Error('It names no key')
      if (Date.now() - currentAt > STALE) keys.clear()
      const known = keys.get(kid)
      if (known) return known.verify
      if (keys.size === 0 || Date.now() - askedAt > ASK_AT_MOST_EVERY) await ask()
      const found = keys.get(kid)
      if (!found) throw new Error('It is signed with a key that is not in use')
      return found.verify
    },
    async close() {
      undo()
      await asking?.catch(() => undefined)
    },
  }
}

export type KeyRing = ReturnType<typeof createKeyRing>
