import { isAppError } from '@lightpress/protocol'
import type { unsubscribing } from '../../api/unsubscribing.ts'

/** What a link stops, and for whom. */
export type Stoppable = Awaited<ReturnType<typeof unsubscribing.unsubscribe>>

/** Whether no other try will turn it: the link is cut off, or is none of ours. */
export function isNoLink(error: unknown): boolean {
  return isAppError(error) && (error.reason === 'notifications.unsubscribe_token_invalid' || error.code === 'invalid')
}

const preferences = '/notifications/preferences'

/** Where all of it can be chosen. */
export function wayToPreferences(signedIn: boolean): string {
  return signedIn ? preferences : `/sign-in?next=${encodeURIComponent(preferences)}`
}
