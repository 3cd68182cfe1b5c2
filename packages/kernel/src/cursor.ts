import { AppError } from '@lightpress/protocol'
import type { z } from 'zod'
import { findUnstorable } from './storable.ts'

/** What a list sorts by, so that no two rows have the same. */
export type SortKey = readonly (string | number)[]

/** A page of `limit` from rows that were read with one more: whether there is it says whether there is a next page. */
export function pageFrom<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => SortKey,
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null }
}

/** The sort key after which a page starts; undefined for the first. A text that is no cursor is `invalid`. */
export function decodeCursor<K extends z.ZodType>(cursor: string | undefined, key: K): z.output<K> | undefined {
  if (cursor === undefined) return undefined
  try {
    const after: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (findUnstorable(after) !== undefined) throw new TypeError('No list sorts by a text that cannot be stored')
    return key.parse(after)
  } catch (cause) {
    const errors = [{ path: 'cursor', message: 'Not a cursor that a list gave.' }]
    throw new AppError('invalid', 'request.invalid', 'The cursor is not one that a list gave.', { errors, cause })
  }
}

/** Where a page ended, as an opaque text: the sort key of its last row. */
export function encodeCursor(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}
