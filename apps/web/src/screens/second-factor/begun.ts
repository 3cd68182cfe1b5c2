import type { Recovery, SecondFactor } from '@lightpress/auth-contract'
import { dropDraft, keepDraft, readDraft } from '../../ui/drafts.ts'

/** A sign-in whose first factor was right. */
export interface Begun {
  challenge: string
  factors: SecondFactor[]
  expiresAt: string
  /** The same by the clock of this browser, which may be another than the server's: milliseconds since the epoch. */
  until?: number
  /** Where to go on then. */
  next?: string | undefined
  /** As typed, if it was. */
  email?: string | undefined
  /** What was asked for instead, by whoever has none of the factors. */
  recovery?: Recovery
}

/** Milliseconds that a challenge is good for (`SecondFactorRequired`). The server says the last word. */
const LIFETIME = 10 * 60_000

const key = { form: 'second-factor' }
let inMemory: Begun | undefined

/**
 * Kept for this tab as what is typed is: a phone forgets the page while its owner looks at the authenticator app. The
 * challenge is good in this browser only, and for nothing but to go on.
 */
export function keepBegun(begun: Begun) {
  inMemory = { ...begun, until: begun.until ?? Date.now() + LIFETIME }
  keepDraft(key, { begun: JSON.stringify(inMemory) })
}

/** Undefined when nothing was begun, or too long ago. */
export function readBegun(): Begun | undefined {
  const begun = inMemory ?? (JSON.parse(readDraft(key).begun ?? 'null') as Begun | null)
  return begun && millisecondsLeft(begun) > 0 ? begun : undefined
}

export function millisecondsLeft({ until = 0 }: Begun): number {
  return until - Date.now()
}

export function dropBegun() {
  inMemory = undefined
  dropDraft(key)
}
