import { type AppError, isAppError } from '@lightpress/protocol'

export type Result =
  | { email: string; state: 'waiting' | 'sending' | 'sent' }
  | { email: string; state: 'refused'; error: unknown }
  /** Not asked for: what refused the one before would have refused this one. */
  | { email: string; state: 'skipped' }

/** Refusals that are about the organisation or the network, and not about an address. */
const general = new Set([
  'users.seat_limit',
  'users.role_too_low',
  'users.organization_suspended',
  'users.organization_not_found',
])
const codes: readonly AppError['code'][] = ['unauthenticated', 'forbidden', 'internal', 'unavailable']

export function stopsTheRest(error: unknown): boolean {
  return !isAppError(error) || general.has(error.reason) || codes.includes(error.code)
}

/** One after the other, each with its own result, told as they come. What stops one for all of them stops the rest. */
export async function sendAll(
  emails: readonly string[],
  send: (email: string) => Promise<unknown>,
  tell: (results: Result[]) => void,
): Promise<Result[]> {
  const results: Result[] = emails.map((email) => ({ email, state: 'waiting' }))
  const put = (index: number, result: Result) => {
    results[index] = result
    tell([...results])
  }
  let stopped = false
  for (const [index, email] of emails.entries()) {
    if (stopped) {
      put(index, { email, state: 'skipped' })
      continue
    }
    put(index, { email, state: 'sending' })
    try {
      await send(email)
      put(index, { email, state: 'sent' })
    } catch (error) {
      put(index, { email, state: 'refused', error })
      stopped = stopsTheRest(error)
    }
  }
  return results
}

export function hasReason(reason: string): (result: Result) => boolean {
  return (result) => result.state === 'refused' && isAppError(result.error) && result.error.reason === reason
}
