/** Since when what was missed can be replayed: the log goes back thirty days. */
export const sinceChoices = [
  { value: '1', label: 'An hour ago' },
  { value: '24', label: 'A day ago' },
  { value: '72', label: 'Three days ago' },
  { value: '168', label: 'A week ago' },
  { value: '720', label: 'Thirty days ago' },
] as const

/** Asks for page after page until there is none, and says how much came of it: also of what ended on the way. */
export async function replayAll(
  replay: (cursor: string | null) => Promise<{ replayed: number; nextCursor: string | null }>,
  told: (replayed: number) => void,
): Promise<void> {
  let count = 0
  let cursor: string | null = null
  try {
    do {
      const page = await replay(cursor)
      count += page.replayed
      cursor = page.nextCursor
    } while (cursor !== null)
  } catch (error) {
    if (count > 0) told(count)
    throw error
  }
  told(count)
}

export function replayedWords(count: number): string {
  if (count === 0) return 'Nothing was missed'
  return count === 1 ? 'One delivery is being sent once more' : `${count} deliveries are being sent once more`
}
