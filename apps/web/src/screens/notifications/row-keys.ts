export type RowKey = 'next' | 'previous' | 'archive' | 'toggle'

const keys: Record<string, RowKey> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  e: 'archive',
  u: 'toggle',
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>

/**
 * What a key means on a row that has the focus. With Ctrl and its like it is the browser's, or the palette's. One that is
 * held down moves on, but does nothing to the rows that it passes.
 */
export function rowKey({ key, ctrlKey, metaKey, altKey, repeat }: Press): RowKey | undefined {
  const meant = ctrlKey || metaKey || altKey ? undefined : keys[key]
  return repeat && (meant === 'archive' || meant === 'toggle') ? undefined : meant
}

/** The next one where the keyboard can be. Somebody who only looks on can do nothing with what leads nowhere. */
export function rowAfter(row: Element): Element | null {
  return firstThatFocuses(row.nextElementSibling, (one) => one.nextElementSibling)
}

export function rowBefore(row: Element): Element | null {
  return firstThatFocuses(row.previousElementSibling, (one) => one.previousElementSibling)
}

/** Where the keyboard goes on when this one goes. */
export function neighbourOf(row: Element): Element | null {
  return rowAfter(row) ?? rowBefore(row)
}

export function focusRow(row: Element | null) {
  row?.querySelector<HTMLElement>(focusable)?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}

const focusable = 'a, button'

function firstThatFocuses(row: Element | null, next: (row: Element) => Element | null): Element | null {
  for (let at = row; at; at = next(at)) if (at.querySelector(focusable)) return at
  return null
}
