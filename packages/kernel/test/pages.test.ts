import { describe, expect, it } from 'vitest'
import type { Identity } from '@lightpress/protocol'
import { z } from 'zod'
import { decodeCursor, identityOf, pageFrom } from '../src/index.ts'

const Key = z.tuple([z.number().int()])
const keyOf = (row: { at: number }) => [row.at]
const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ at }))

describe('a page', () => {
  it('leaves out the row that was read to see whether there are more, and ends before it', () => {
    const { items, nextCursor } = pageFrom(rows(4), 3, keyOf)
    expect(items).toEqual(rows(3))
    expect(decodeCursor(nextCursor as string, Key)).toEqual([2])
  })

  it.each([0, 1, 3])('of %i rows of 3 is the last', (count) => {
    expect(pageFrom(rows(count), 3, keyOf)).toEqual({ items: rows(count), nextCursor: null })
  })

  it('does not begin after a text that is no cursor, or another list’s', () => {
    const { nextCursor } = pageFrom(['a', 'b'], 1, (row) => [row])
    for (const cursor of ['nonsense', '', nextCursor as string])
      expect(() => decodeCursor(cursor, Key)).toThrow('The cursor is not one that a list gave.')
    expect(decodeCursor(undefined, Key)).toBeUndefined()
  })
})

it('an operation for somebody cannot go on for nobody', () => {
  const identity: Identity = {
    userId: 'u',
    sessionId: 's',
    sessionVersion: 1,
    organizationId: null,
    role: null,
    operator: false,
    authenticatedAt: 0,
    impersonatorId: null,
  }
  expect(identityOf({ caller: { identity, apiKey: null, service: null } })).toBe(identity)
  expect(() => identityOf({ caller: { identity: null, apiKey: null, service: 'billing' } })).toThrow(TypeError)
})
