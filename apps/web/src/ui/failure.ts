import { isAppError, RemoteError, type ErrorCode } from '@lightpress/protocol'
import { duration } from './duration.ts'

/** A failure in the words of the person whom it happened to. */
export interface Failure {
  title: string
  advice: string
  /** Under which the server recorded it, when it is a matter for us. */
  requestId?: string
  /** Seconds after which another try can succeed, and not before. */
  retryAfter?: number
}

const told: Record<ErrorCode, Failure> = {
  invalid: { title: 'That did not work', advice: 'Check what you entered and try again.' },
  unauthenticated: { title: 'You are signed out', advice: 'Sign in again to go on where you were.' },
  forbidden: { title: 'You may not do this', advice: 'Ask an owner or an admin of your organisation.' },
  not_found: { title: 'This is not here', advice: 'It may have been moved or removed.' },
  conflict: { title: 'Something changed meanwhile', advice: 'Look at the current state, then try again.' },
  limited: { title: 'That was a lot at once', advice: 'Wait a moment, then try again.' },
  internal: {
    title: 'Something went wrong on our side',
    advice: 'It has been recorded. Try again; if it stays, tell us.',
  },
  unavailable: { title: 'We cannot be reached right now', advice: 'Nothing was lost. Try again in a moment.' },
}

/** Of this page itself: nobody has recorded it. */
const broken: Failure = { title: told.internal.title, advice: 'Try again; if it stays, tell us.' }

/** The network is gone here, and not our server. */
const offline: Failure = { title: 'You are offline', advice: 'Nothing was lost. Try again when the network is back.' }

const passing: readonly ErrorCode[] = ['limited', 'internal', 'unavailable']

/** Where a code alone would say the wrong thing. */
const titles: Record<string, string> = {
  'auth.wrong_credentials': 'That did not match',
  'auth.password_wrong': 'That did not match',
  'auth.token_invalid': 'This link does not work any more',
  'auth.too_many_attempts': 'Too many tries',
  'auth.suspended': 'Your access is suspended',
  'request.impersonating': 'Not while you act for somebody else',
  'notifications.too_many_webhooks_by_hand': 'Your organisation has sent enough for now',
  'auth.email_taken': 'That address is taken',
  'auth.too_many_passkeys': 'That is as many as there can be',
  'auth.too_many_api_keys': 'That is as many as there can be',
  'auth.passkey_known': 'There is one already',
  'web.passkey_known': 'There is one already',
  'auth.provider_unavailable': 'The other provider cannot be reached',
  'billing.provider_unavailable': 'The payment provider cannot be reached',
}

/** Whether the same request may well succeed later: nothing was wrong with what was asked. */
export function mayPass(error: unknown): boolean {
  return !isAppError(error) || passing.includes(error.code)
}

/** The person let it be: there is nothing to tell them. */
export function isGivenUp(error: unknown): boolean {
  return isAppError(error) && error.reason === 'web.given_up'
}

/** Refusals carry their own sentence; what is our fault is told by its kind, never by its inner message. */
export function explain(error: unknown): Failure {
  if (!isAppError(error)) return broken
  if (error.reason === 'web.unreachable' && !navigator.onLine) return offline
  const { title, advice } = told[error.code]
  if (error.code === 'limited' && error.retryAfter !== undefined) {
    const { retryAfter } = error
    return { title: titles[error.reason] ?? title, advice: `You can try again in ${duration(retryAfter)}.`, retryAfter }
  }
  const ours = error.code === 'internal' || error.code === 'unavailable'
  return {
    title: titles[error.reason] ?? title,
    advice: ours || error.message === '' ? advice : error.message,
    ...(ours && error instanceof RemoteError && error.requestId !== '' && { requestId: error.requestId }),
  }
}
