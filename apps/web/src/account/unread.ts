import { createSignal } from 'solid-js'

const [unread, setUnread] = createSignal(0)

/** The one count that the bell, the sidebar and the list agree on; the server's word replaces a guess. */
export { setUnread, unread }

/**
 * Shows the count that a change will lead to at once. When the change fails, it is as the server says, or as it was
 * when that fails too; the change's own failure is the one that is told.
 */
export async function guessUnread<T>(guess: number, change: () => Promise<T>, ask: () => Promise<number>): Promise<T> {
  const before = unread()
  setUnread(guess)
  try {
    return await change()
  } catch (error) {
    setUnread(await ask().catch(() => before))
    throw error
  }
}
