import { isAppError } from '@lightpress/protocol'

interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** A page of a list. A cursor that is none, cut off or made up, leads past the end: to a page with nothing on it. */
export async function readPage<T>(
  cursor: string | undefined,
  ask: (from: { cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  if (cursor === undefined) return ask({})
  try {
    return await ask({ cursor })
  } catch (error) {
    if (!isAppError(error) || !error.errors.some(({ path }) => path === 'cursor')) throw error
    return { items: [], nextCursor: null }
  }
}
