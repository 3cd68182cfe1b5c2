import { Category, type Notification, notifications } from '@lightpress/notifications-contract'
import { describe, expect, it } from 'vitest'
import { categories, categoryWords } from '../src/account/categories.ts'
import { shortCount } from '../src/layouts/app/bell-name.ts'
import { parseFilter, pathOf } from '../src/screens/notifications/filter.ts'
import { afterwards, type Change, unreadBy } from '../src/screens/notifications/guess.ts'
import { neighbourOf, rowAfter, rowBefore, rowKey } from '../src/screens/notifications/row-keys.ts'

const at = '2026-11-20T10:00:00.000Z'
const idOf = (sequence: number) => `0198f3a0-0000-7000-8000-00000000000${sequence}`

function item(sequence: number, about: Partial<Notification> = {}): Notification {
  return {
    id: idOf(sequence),
    sequence,
    category: 'billing',
    title: `Payment ${sequence} received`,
    body: '',
    link: '/billing',
    createdAt: at,
    readAt: null,
    archivedAt: null,
    ...about,
  }
}

describe('what there is news of', () => {
  it('has words for every category, and no other', () => {
    expect([...categories].sort()).toEqual([...Category.options].sort())
    expect(Object.keys(categoryWords).sort()).toEqual([...Category.options].sort())
  })
})

describe('the address of the inbox', () => {
  const filterOf = (part: string | undefined, query: Record<string, string | string[]> = {}) =>
    parseFilter({ params: { part }, query })

  it('says what is shown', () => {
    expect(filterOf(undefined)).toEqual({})
    expect(filterOf('archive', { category: 'billing', cursor: 'abc' })).toEqual({
      show: 'archive',
      category: 'billing',
      cursor: 'abc',
    })
  })

  it('says nothing that the server would refuse', () => {
    const { input } = notifications.operations.listNotifications
    for (const filter of [filterOf('trash', { category: 'gossip' }), filterOf('unread', { category: ['a', 'b'] })])
      expect(input.safeParse(filter).success).toBe(true)
    expect(filterOf('trash', { category: 'gossip' })).toEqual({})
  })

  it('keeps what the list is narrowed down to from part to part, and begins with the newest', () => {
    expect(pathOf('archive', 'billing')).toBe('/notifications/archive?category=billing')
    expect(pathOf('inbox', undefined)).toBe('/notifications')
  })
})

describe('the list, before the server has answered', () => {
  const after = (items: Notification[], changes: Change[], show: 'inbox' | 'unread' | 'archive' = 'inbox') =>
    afterwards(items, show, { changes, readUpTo: [] })

  it('shows what is read as read, and what is unread as unread again', () => {
    const [first, second] = after(
      [item(2), item(1, { readAt: at })],
      [
        { kind: 'read', id: idOf(2) },
        { kind: 'unread', id: idOf(1) },
      ],
    )
    expect(first?.readAt).not.toBeNull()
    expect(second?.readAt).toBeNull()
  })

  it('has no more of what goes elsewhere', () => {
    expect(after([item(2), item(1)], [{ kind: 'archive', id: idOf(2) }])).toMatchObject([{ sequence: 1 }])
    expect(after([item(2), item(1)], [{ kind: 'read', id: idOf(1) }], 'unread')).toMatchObject([{ sequence: 2 }])
    const archived = [item(2, { readAt: at, archivedAt: at }), item(1, { readAt: at, archivedAt: at })]
    expect(after(archived, [{ kind: 'restore', id: idOf(1) }], 'archive')).toMatchObject([{ sequence: 2 }])
  })

  it('goes by the last of several changes', () => {
    const changes: Change[] = [
      { kind: 'read', id: idOf(1) },
      { kind: 'unread', id: idOf(1) },
    ]
    expect(after([item(1)], changes)).toMatchObject([{ readAt: null }])
  })

  it('leaves what came after all was marked as read', () => {
    const shown = afterwards([item(3), item(2), item(1)], 'unread', { changes: [], readUpTo: [2] })
    expect(shown).toMatchObject([{ sequence: 3 }])
  })

  it('is as it was where nothing is under way', () => {
    const items = [item(2), item(1, { readAt: at })]
    expect(after(items, [])).toEqual(items)
  })
})

describe('the count, before the server has answered', () => {
  const unread = { readAt: null }
  const read = { readAt: at }
  it.each<[Change['kind'], { readAt: string | null }, number]>([
    ['read', unread, -1],
    ['read', read, 0],
    ['unread', read, 1],
    ['unread', unread, 0],
    ['archive', unread, -1],
    ['archive', read, 0],
    ['restore', unread, 0],
  ])('%s of %o counts %i', (kind, was, by) => {
    expect(unreadBy(was, { kind, id: idOf(1) })).toBe(by)
  })

  it('counts what is restored as it was put away', () => {
    expect(unreadBy(unread, { kind: 'restore', id: idOf(1), unread: true })).toBe(1)
  })
})

it('a key on a row does what it says, and with Ctrl it is the browser’s', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false, repeat: false }
  expect(rowKey({ key: 'e', ...plain })).toBe('archive')
  expect(rowKey({ key: 'j', ...plain })).toBe('next')
  expect(rowKey({ key: 'k', ...plain, ctrlKey: true })).toBeUndefined()
  expect(rowKey({ key: 'x', ...plain })).toBeUndefined()
})

it('a key that is held down moves on, and does nothing to what it passes', () => {
  const held = (key: string) => rowKey({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: true })
  expect(['j', 'k', 'ArrowDown', 'ArrowUp'].map(held)).toEqual(['next', 'previous', 'next', 'previous'])
  expect(['e', 'u'].map(held)).toEqual([undefined, undefined])
})

describe('a row after the other', () => {
  /** Rows beside each other; those that lead nowhere and offer nothing have no place for the keyboard. */
  function rows(...focusable: boolean[]): Element[] {
    const made = focusable.map((can) => ({ querySelector: () => (can ? {} : null) }) as unknown as Element)
    made.forEach((row, at) =>
      Object.assign(row, { nextElementSibling: made[at + 1] ?? null, previousElementSibling: made[at - 1] ?? null }),
    )
    return made
  }

  it('leaves out those where the keyboard cannot be', () => {
    const [first, , , last] = rows(true, false, false, true) as [Element, Element, Element, Element]
    expect(rowAfter(first)).toBe(last)
    expect(rowBefore(last)).toBe(first)
    expect([rowBefore(first), rowAfter(last)]).toEqual([null, null])
  })

  it('is where the keyboard goes on when one goes: at the next, or else the one before', () => {
    const [first, second, last] = rows(true, true, false) as [Element, Element, Element]
    expect(neighbourOf(first)).toBe(second)
    expect(neighbourOf(second)).toBe(first)
    expect(neighbourOf(last)).toBe(second)
  })
})

it('the bell shows as much of the count as there is room for', () => {
  expect([1, 99, 100].map(shortCount)).toEqual(['1', '99', '99+'])
})
