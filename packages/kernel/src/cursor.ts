import { AppError } from '@lightpress/protocol'
import type { z } from 'zod'

/** Where a page ended, as an opaque text: the sort key of its last row. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The sort key after which a page starts; undefined for the first. A text that is no cursor is `invalid`. */
export function decodeCursor<K extends z.ZodType>(cursor: string | undefined, key: K): z.output<K> | undefined {
  if (cursor === undefined) return undefined
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    const errors = [{ path: 'cursor', message: 'Not a cursor that a list gave.' }]
    throw new AppError('invalid', 'request.invalid', 'The cursor is not one that a list gave.', { errors, cause })
  }
}
