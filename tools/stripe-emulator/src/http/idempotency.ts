import { createHash } from 'node:crypto'
import type { IdempotentAnswer, State } from '../state/state.ts'
import { ApiError, invalidRequest } from './errors.ts'

/** https://docs.stripe.com/api/idempotent_requests; the bound by number is the stand-in's own. */
const keptSeconds = 86_400
const mostKept = 10_000
const longestKey = 255

export interface Asked {
  key: string | null
  path: string
  form: string
}

/** The keys of the requests that are being worked on. */
export type KeysInUse = Set<string>

export function refuseKeyInUse(key: string | null, inUse: KeysInUse): void {
  if (key !== null && key.length > longestKey) {
    throw invalidRequest(`Idempotency keys can be ${longestKey} characters long; this one has ${key.length}.`)
  }
  if (key === null || !inUse.has(key)) return
  throw new ApiError(
    409,
    'idempotency_error',
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted ' +
      `twice, and the other request is still going through): ${key}. Please try again later.`,
    { code: 'idempotency_key_in_use' },
  )
}

/** The answer that was given to this key before. */
export function recall(state: State, { key, path, form }: Asked, now: number): IdempotentAnswer | null {
  const earlier = state.idempotentAnswers.get(key ?? '')
  if (!earlier || earlier.created <= now - keptSeconds) return null
  const same = earlier.path === path ? 'parameters' : 'endpoint'
  if (same === 'parameters' && earlier.fingerprint === fingerprint(form)) return earlier
  throw new ApiError(
    400,
    'idempotency_error',
    `Keys for idempotent requests can only be used ${same === 'parameters' ? 'with the same parameters' : 'for the same endpoint'} ` +
      `they were first used ${same === 'parameters' ? 'with' : `for ('${path}' vs '${earlier.path}')`}. ` +
      `Try using a key other than '${key ?? ''}' if you meant to execute a different request.`,
  )
}

/** Keeps an answer, a failure too, for a day. What was refused before it began is not kept: it may be corrected. */
export function remember(
  state: State,
  { key, path, form }: Asked,
  answer: Omit<IdempotentAnswer, 'path' | 'fingerprint'>,
): void {
  if (key === null) return
  const { idempotentAnswers: kept } = state
  for (const [old, { created }] of kept) {
    if (created > answer.created - keptSeconds && kept.size < mostKept) break
    kept.delete(old)
  }
  kept.delete(key)
  kept.set(key, { ...answer, path, fingerprint: fingerprint(form) })
}

function fingerprint(form: string): string {
  return createHash('sha256').update(form).digest('base64')
}
