import { expect, test } from 'vitest'
import { paginate } from '../src/http/list.ts'
import { OrderedMap } from '../src/state/ordered-map.ts'
import { createRandom, seed } from './random.ts'

interface Thing {
  id: string
  created: number
  kind: string
}

test('pages of a map are those of its filtered copy, whatever was added and deleted', () => {
  const { below } = createRandom(seed)
  for (let round = 0; round < 200; round += 1) {
    const map = new OrderedMap<Thing>()
    for (let step = 0; step < 60; step += 1) {
      const id = `t${below(40)}`
      if (below(3) === 0) map.delete(id)
      else map.set(id, { id, created: below(20), kind: below(2) === 0 ? 'a' : 'b' })
    }
    const ids = [...map.keys()]
    const beside = ids[below(ids.length)] ?? ''
    const given = {
      limit: 1 + below(5),
      ...[{}, { starting_after: beside }, { ending_before: beside }][below(3)],
      ...[{}, { created: { gte: 5, lt: 15 } }][below(2)],
    }
    const isWanted = ({ kind }: Thing) => kind === 'a'
    const found = paginate(map.matching(isWanted), '/v1/things', given)
    expect(found, `seed ${seed}, ${JSON.stringify(given)}`).toEqual(copied([...map.values()], isWanted, given))
  }
})

/** The same without any cleverness. */
function copied(
  all: Thing[],
  isWanted: (thing: Thing) => boolean,
  {
    limit,
    starting_after: after,
    ending_before: before,
    created,
  }: {
    limit: number
    starting_after?: string
    ending_before?: string
    created?: { gte: number; lt: number }
  },
) {
  const newest = [...all].reverse()
  const place = newest.findIndex(({ id }) => id === (after ?? before))
  const keep = (thing: Thing) =>
    isWanted(thing) && (!created || (thing.created >= created.gte && thing.created < created.lt))
  const rest = (before === undefined ? newest.slice(place + 1) : newest.slice(0, place)).filter(keep)
  const data = before === undefined ? rest.slice(0, limit) : rest.slice(Math.max(0, rest.length - limit))
  return { object: 'list', data, has_more: rest.length > limit, url: '/v1/things' }
}
