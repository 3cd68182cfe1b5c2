/** Held, across all tabs, by whoever waits for an answer that sets the session's cookies or takes them away. */
export const sessionLock = 'lightpress.session'
