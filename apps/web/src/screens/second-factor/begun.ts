import type { Recovery, SecondFactor } from '@lightpress/auth-contract'
import { dropDraft, keepDraft, readDraft } from '../../ui/drafts.ts'

/** A sign-in whose first factor was right. */
export interface Begun {
  challenge: string
  factors: SecondFactor[]
  expiresAt: string
  /** Where to go on then. */
  next?: string | undefined
  /** As typed, if it was. */
  email?: string | undefined
  /** What was asked for instead, by whoever has none of the factors. */
  recovery?: Recovery
}

const key = { form: 'second-factor' }
let inMemory: Begun | undefined

/**
 * Kept for this tab as what is typed is: a phone forgets the page while its owner looks at the authenticator app. The
 * challenge is good in this browser only, and for nothing but to go on.
 */
export function keepBegun(begun: Begun) {
  inMemory = begun
  keepDraft(key, { begun: JSON.stringify(begun) })
}

/** Undefined when nothing was begun, or too long ago. */
export function readBegun(): Begun | undefined {
  const begun = inMemory ?? (JSON.parse(readDraft(key).begun ?? 'null') as Begun | null)
  return begun && Date.parse(begun.expiresAt) > Date.now() ? begun : undefined
}

export function dropBegun() {
  inMemory = undefined
  dropDraft(key)
}
