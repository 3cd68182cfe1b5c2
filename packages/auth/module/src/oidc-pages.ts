import type { SecondFactorRequired } from '@lightpress/auth-contract'
import { summarizeError } from '@lightpress/kernel'
import { isAppError } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'
import type { TicketData } from './tickets.ts'

/** What the web's pages have words for. */
export type Problem =
  | 'account_exists'
  | 'already_linked'
  | 'email_unverified'
  | 'link_expired'
  | 'not_linked'
  | 'provider_denied'
  | 'provider_failed'
  | 'second_factor_required'
  | 'suspended'
  | 'too_many_attempts'

/** What became of a visit to a provider. */
export type Outcome = 'done' | { problem: Problem } | SecondFactorRequired

/** The page that a browser goes on at: it is a person who looks, so there are no problem documents. */
export function pageAfter(outcome: Outcome, { provider, intent, next }: TicketData['oidc'], origin: string): string {
  const goOn = next === null ? {} : { next }
  if (outcome === 'done') return pathAt(origin, next ?? homes[intent])
  if ('mfaRequired' in outcome) {
    const { challenge, factors, expiresAt } = outcome
    const url = new URL('/sign-in/second-factor', origin)
    // A fragment is sent to nobody: in no log, in no Referer.
    url.hash = new URLSearchParams({ challenge, factors: factors.join(','), expires: expiresAt, ...goOn }).toString()
    return url.href
  }
  const { problem } = outcome
  if (intent !== 'sign_in') return pathAt(origin, next ?? homes[intent], { problem })
  return pathAt(origin, '/sign-in', { problem, ...(problem === 'account_exists' && { provider }), ...goOn })
}

const homes = { sign_in: '/dashboard', link: '/security', step_up: '/security' }

/** Where a person begins to sign in by themself. */
export function signInPage(next: string | null, origin: string): string {
  return pathAt(origin, '/sign-in', next === null ? {} : { next })
}

/** Made whole, so that no path can name another host: `/..//evil.example` is a path here. */
function pathAt(origin: string, path: string, query: Record<string, string> = {}): string {
  const url = new URL(origin + path)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

/** What a person is told of an error, while all of it goes into the log. */
export function problemOf(error: unknown, { log }: AuthContext): Problem {
  const known = isAppError(error) ? problems[error.reason] : undefined
  if (known !== undefined) return known
  const isTheirs = isAppError(error) && error.reason === 'auth.provider_unavailable'
  log[isTheirs ? 'warn' : 'error']({ error: summarizeError(error) }, 'a visit to a provider came to nothing')
  return 'provider_failed'
}

const problems: Record<string, Problem> = {
  'auth.challenge_invalid': 'link_expired',
  'request.session_ended': 'link_expired',
  'auth.provider_not_linked': 'not_linked',
  'auth.second_factor_required': 'second_factor_required',
  'auth.suspended': 'suspended',
  'auth.too_many_attempts': 'too_many_attempts',
}
