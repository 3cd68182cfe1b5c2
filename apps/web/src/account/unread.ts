import { createSignal } from 'solid-js'

const [unread, setUnread] = createSignal(0)
let words = 0

/** The one count that the bell, the sidebar and the list agree on; the server's word replaces a guess. */
export { setUnread, unread }

/** What the stream says, which is the newest there is. */
export function hearUnread(count: number) {
  words++
  setUnread(count)
}

/** Asks for the count. An answer that the stream overtook is older than what it said, and counts for nothing. */
export async function askUnread(ask: () => Promise<number>): Promise<void> {
  const heard = words
  const count = await ask()
  if (words === heard) setUnread(count)
}

/**
 * Shows the count that a change will lead to at once. When the change fails, it is as the server says, or as it was
 * when that fails too and the stream said nothing since; the change's own failure is the one that is told.
 */
export async function guessUnread<T>(guess: number, change: () => Promise<T>, ask: () => Promise<number>): Promise<T> {
  const before = unread()
  const heard = words
  setUnread(guess)
  try {
    return await change()
  } catch (error) {
    await askUnread(() => ask().catch(() => (words === heard ? before : unread())))
    throw error
  }
}
