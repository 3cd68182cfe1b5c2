import { type Accessor, createComputed, createEffect, on } from 'solid-js'

/**
 * When rows come above what somebody reads, that stays where it is in the window: the row that has the focus or is
 * pointed at, or the first one in sight where the page was scrolled. At the top, what is new is just seen to come.
 * For a list with `overflow-anchor: none`, lest a browser that does so too does it twice.
 */
export function keepStill(list: () => HTMLElement | undefined, rows: Accessor<readonly unknown[]>) {
  let before: { row: Element; top: number } | undefined
  // The first runs before the rows are drawn, the second after.
  createComputed(
    on(rows, () => {
      const row = rowBeingRead(list())
      before = row && { row, top: row.getBoundingClientRect().top }
    }),
  )
  createEffect(
    on(rows, () => {
      if (before?.row.isConnected) scrollBy(0, before.row.getBoundingClientRect().top - before.top)
      before = undefined
    }),
  )
}

function rowBeingRead(list: HTMLElement | undefined): Element | undefined {
  const chosen = list?.querySelector('li:focus-within') ?? list?.querySelector('li:hover')
  if (chosen) return chosen
  if (!list || scrollY === 0) return undefined
  return [...list.querySelectorAll('li')].find((row) => row.getBoundingClientRect().top >= 0)
}
