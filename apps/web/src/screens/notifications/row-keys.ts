export type RowKey = 'next' | 'previous' | 'archive' | 'toggle'

const keys: Record<string, RowKey> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  e: 'archive',
  u: 'toggle',
}

/** What a key means on a row that has the focus. With Ctrl and its like it is the browser's, or the palette's. */
export function rowKey(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): RowKey | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
}

/** The row after it, or else the one before: where the keyboard goes on when this one goes. */
export function neighbourOf(row: Element): Element | null {
  return row.nextElementSibling ?? row.previousElementSibling
}

export function focusRow(row: Element | null) {
  const first = row?.querySelector<HTMLElement>('a, button')
  first?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}
