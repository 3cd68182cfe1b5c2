import { expect, test } from 'vitest'
import { createContext } from '../src/context.ts'
import { emptyState } from '../src/state/state.ts'
import { OrderedMap } from '../src/state/ordered-map.ts'
import { OwnedMap } from '../src/state/owned-map.ts'
import { createWebhooks } from '../src/webhooks/webhooks.ts'
import { configureEndpoints } from '../src/webhooks/webhook-endpoints.ts'
import { createCustomer } from '../src/customers/customers.ts'

test('events and deliveries stay within bounds, also for an endpoint that never answers', async () => {
  const state = emptyState()
  const webhooks = createWebhooks(state, { changed: () => {}, log: () => {} })
  configureEndpoints(state, [{ url: 'http://127.0.0.1:1/', secret: 'whsec_x' }], 0)
  const source = {
    state,
    byTime: false,
    url: (path: string) => path,
    request: { id: null, idempotency_key: null },
    dispatch: webhooks.dispatch,
  }
  const ctx = createContext(source, 1_800_000_000)
  for (let count = 0; count < 11_500; count += 1) createCustomer({}, ctx)
  await webhooks.close()
  expect(state.events.size).toBeLessThanOrEqual(11_000)
  expect(state.eventTimes.size).toBe(state.events.size)
  const waiting = [...state.deliveries.values()].filter(({ status }) => status === 'pending')
  expect(waiting).toHaveLength(10_000)
  expect(state.deliveries.size).toBe(11_000)
  expect([...state.customers.values()]).toHaveLength(11_500)
})

test('a map knows its order after much was deleted from it', () => {
  const map = new OrderedMap<number>()
  for (let count = 0; count < 5000; count += 1) map.set(String(count), count)
  for (let count = 0; count < 4990; count += 1) map.delete(String(count))
  map.set('4995', -1).set('new', 1)
  const take = (behind?: string, backwards = false) =>
    map.matching((value) => value !== 4997).take(4, { behind, backwards }, (value) => value !== 4998)
  expect(take()).toEqual([1, 4999, 4996, -1])
  expect(take('4996')).toEqual([-1, 4994, 4993, 4992])
  expect(take('4992', true)).toEqual([4993, 4994, -1, 4996])
  expect(take('4', true)).toBeNull()
  map.clear()
  expect(take()).toEqual([])
})

test('a map forgets whose an entry was once it is deleted', () => {
  let lookedUp = 0
  class Counting extends OwnedMap<string> {
    override get(key: string) {
      lookedUp += 1
      return super.get(key)
    }
  }
  const map = new Counting()
  const ownerOf = (owner: string) => owner
  map.set('kept', 'ada')
  for (let count = 0; count < 1000; count += 1) {
    map.set(`t${count}`, 'ada')
    expect(map.of('ada', ownerOf)).toHaveLength(2)
    map.delete(`t${count}`)
    map.set(`u${count}`, 'ada').delete(`u${count}`)
  }
  lookedUp = 0
  expect(map.of('ada', ownerOf)).toEqual([['kept', 'ada']])
  expect(lookedUp).toBe(1)
  map.delete('kept')
  map.set('kept', 'bob')
  expect([map.of('ada', ownerOf), map.of('bob', ownerOf)]).toEqual([[], [['kept', 'bob']]])
})
