import { invalidRequest } from './errors.ts'

export interface Page<Item> {
  object: 'list'
  data: Item[]
  has_more: boolean
  url: string
}

interface Paging {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
  created?:
    { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined } | undefined
}

/** One page, newest first, of objects that come in the order of their creation. */
export function paginate<Item extends { id: string; created: number }>(
  items: Iterable<Item>,
  url: string,
  { limit = 10, starting_after: after, ending_before: before, created = {} }: Paging,
): Page<Item> {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = created
  const all = [...items]
    .filter((item) => item.created > gt && item.created >= gte && item.created < lt && item.created <= lte)
    .reverse()
  if (before !== undefined) {
    const end = position(all, before, 'ending_before')
    return { object: 'list', data: all.slice(Math.max(0, end - limit), end), has_more: end > limit, url }
  }
  const start = after === undefined ? 0 : position(all, after, 'starting_after') + 1
  return { object: 'list', data: all.slice(start, start + limit), has_more: all.length > start + limit, url }
}

/** Keeps the objects whose fields are as the caller asked; a field that was not asked for may be anything. */
export function where<Name extends string>(
  given: Partial<Record<Name, string | boolean | undefined>>,
  ...names: Name[]
) {
  return (item: Record<Name, unknown>) => names.every((name) => given[name] === undefined || item[name] === given[name])
}

/** A list that is part of an object and has no further pages. */
export function wholeList<Item>(data: Item[], url: string): Page<Item> {
  return { object: 'list', data, has_more: false, url }
}

function position(items: { id: string }[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id)
  if (index < 0) throw invalidRequest(`No such object in this list: '${id}'`, { code: 'resource_missing', param })
  return index
}
