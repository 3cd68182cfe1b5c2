import type { Selection } from '../state/ordered-map.ts'
import { invalidRequest } from './errors.ts'

export interface Page<Item> {
  object: 'list'
  data: Item[]
  has_more: boolean
  url: string
}

export interface Span {
  gt?: number | undefined
  gte?: number | undefined
  lt?: number | undefined
  lte?: number | undefined
}

interface Paging {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}

/**
 * One page, newest first, of a selection of one of the state's maps, or of objects in the order of their creation:
 * https://docs.stripe.com/api/pagination
 */
export function paginate<Item extends { id: string; created: number }>(
  items: Selection<Item> | Iterable<Item>,
  url: string,
  { created, ...paging }: Paging & { created?: Span | undefined },
): Page<Item> {
  return pageFrom(Symbol.iterator in items ? selectionOf([...items]) : items, url, { ...paging, keep: within(created) })
}

/** One page of the parts of an object, in the order in which they are. */
export function pageOf<Item extends { id: string }>(items: readonly Item[], url: string, paging: Paging): Page<Item> {
  return pageFrom(selectionOf([...items].reverse()), url, { ...paging, keep: () => true })
}

/** Keeps the objects whose fields are as the caller asked; a field that was not asked for may be anything. */
export function where<Name extends string>(
  given: Partial<Record<Name, string | boolean | undefined>>,
  ...names: Name[]
) {
  const asked = names.filter((name) => given[name] !== undefined)
  return (item: Partial<Record<Name, unknown>>) => asked.every((name) => item[name] === given[name])
}

/** A list that is part of an object and has no further pages. */
export function wholeList<Item>(data: Item[], url: string): Page<Item> {
  return { object: 'list', data, has_more: false, url }
}

function pageFrom<Item>(
  items: Selection<Item>,
  url: string,
  { limit = 10, starting_after: after, ending_before: before, keep }: Paging & { keep: (item: Item) => boolean },
): Page<Item> {
  if (before !== undefined && after !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: starting_after, ending_before.', {
      code: 'parameters_exclusive',
      param: 'ending_before',
    })
  }
  const backwards = before !== undefined
  const behind = before ?? after
  const found = items.take(limit + 1, { behind, backwards }, keep)
  if (!found) {
    const param = backwards ? 'ending_before' : 'starting_after'
    throw invalidRequest(`No such object: '${behind ?? ''}'`, { code: 'resource_missing', param })
  }
  const page = found.slice(0, limit)
  return { object: 'list', data: backwards ? page.reverse() : page, has_more: found.length > limit, url }
}

function selectionOf<Item extends { id: string }>(items: Item[]): Selection<Item> {
  return {
    take(most, { behind, backwards }, keep) {
      const place = behind === undefined ? null : items.findIndex(({ id }) => id === behind)
      if (place === -1) return null
      const rest = backwards ? items.slice((place ?? -1) + 1) : items.slice(0, place ?? undefined).reverse()
      return rest.filter(keep).slice(0, most)
    },
  }
}

function within({ gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity }: Span = {}) {
  return ({ created }: { created: number }) => created > gt && created >= gte && created < lt && created <= lte
}
