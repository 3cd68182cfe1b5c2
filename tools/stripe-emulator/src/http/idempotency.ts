import { createHash } from 'node:crypto'
import type { IdempotentAnswer, State } from '../state/state.ts'
import { ApiError } from './errors.ts'

const keptSeconds = 86_400

interface Asked {
  key: string | null
  path: string
  form: string
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

/** Keeps an answer for a day. A request that was refused before it began is not kept: it may be corrected and tried again. */
export function remember(
  state: State,
  { key, path, form }: Asked,
  answer: Omit<IdempotentAnswer, 'path' | 'fingerprint'>,
): void {
  if (key === null) return
  for (const [old, { created }] of state.idempotentAnswers) {
    if (created > answer.created - keptSeconds) break
    state.idempotentAnswers.delete(old)
  }
  state.idempotentAnswers.delete(key)
  state.idempotentAnswers.set(key, { ...answer, path, fingerprint: fingerprint(form) })
}

function fingerprint(form: string): string {
  return createHash('sha256').update(form).digest('base64')
}
