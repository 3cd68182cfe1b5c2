import { type Accessor, createMemo, mapArray, mergeProps } from 'solid-js'

/**
 * Items that stay the same objects while what they say changes: when a list is read again, its rows are not drawn anew,
 * and what has the focus in one of them keeps it.
 */
export function createLasting<T extends object>(items: Accessor<readonly T[]>, keyOf: (item: T) => string) {
  const byKey = createMemo(() => new Map(items().map((item) => [keyOf(item), item])))
  return mapArray(
    () => [...byKey().keys()],
    (key) => {
      // A row that goes is read once more on its way out.
      let last = byKey().get(key)
      return mergeProps(() => (last = byKey().get(key) ?? last)) as T
    },
  )
}
