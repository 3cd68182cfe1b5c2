import { categories, type Category } from '../../account/categories.ts'

export type Show = 'inbox' | 'unread' | 'archive'

export interface InboxFilter {
  /** The inbox where it does not say. */
  show?: Exclude<Show, 'inbox'>
  category?: Category
  cursor?: string
}

export interface Asked {
  params: Record<string, string | undefined>
  query: Record<string, string | string[] | undefined>
}

/** Parts of the inbox that have an address of their own. */
export const parts = ['unread', 'archive'] as const

/** What an address asks for. A category that there is not is left out. */
export function parseFilter({ params, query: { category, cursor } }: Asked): InboxFilter {
  const show = parts.find((part) => part === params.part)
  const known = categories.find((one) => one === category)
  return {
    ...(show && { show }),
    ...(known && { category: known }),
    ...(typeof cursor === 'string' && { cursor }),
  }
}

/** Where a part of the inbox is, narrowed down as before; from its newest on. */
export function pathOf(show: Show, category: string | undefined): string {
  const path = show === 'inbox' ? '/notifications' : `/notifications/${show}`
  return category === undefined ? path : `${path}?${new URLSearchParams({ category })}`
}
