import { expect, onTestFinished, test } from 'vitest'
import { createContext } from '../src/context.ts'
import { addRule, newRule } from '../src/control/chaos-rules.ts'
import { emptyState } from '../src/state/state.ts'
import { OrderedMap } from '../src/state/ordered-map.ts'
import { OwnedMap } from '../src/state/owned-map.ts'
import { createWebhooks } from '../src/webhooks/webhooks.ts'
import { configureEndpoints } from '../src/webhooks/webhook-endpoints.ts'
import { createCustomer } from '../src/customers/customers.ts'

const away = [{ url: 'http://127.0.0.1:1/', secret: 'whsec_x' }]

/** A state whose events go to these endpoints, without a server around it. */
function start(endpoints: typeof away, { mostWaiting }: { mostWaiting?: number } = {}) {
  const state = emptyState()
  const logged: string[] = []
  const webhooks = createWebhooks(state, {
    changed: () => {},
    log: (message) => logged.push(message),
    ...(mostWaiting !== undefined && { mostWaiting }),
  })
  onTestFinished(webhooks.close)
  configureEndpoints(state, endpoints, 0)
  const request = { id: null, idempotency_key: null }
  const source = { state, byTime: false, url: (path: string) => path, request, dispatch: webhooks.dispatch }
  const ctx = createContext(source, 1_800_000_000)
  function create(customers: number): void {
    for (let count = 0; count < customers; count += 1) createCustomer({}, ctx)
  }
  return { state, webhooks, logged, create }
}

test('events stay within bounds once they are delivered', () => {
  const { state, create } = start([])
  create(11_500)
  expect(state.events.size).toBeLessThanOrEqual(11_000)
  expect(state.eventTimes.size).toBe(state.events.size)
  expect(state.customers.size).toBe(11_500)
})

test('no event is forgotten while it waits for an endpoint that is away, however many there are', () => {
  const { state, webhooks, create } = start(away)
  create(21_500)
  expect(webhooks.summary()).toEqual({ pending: 21_500, delivered: 0, failed: 0, crowdedOut: 0 })
  expect([...state.deliveries.values()].every(({ event }) => state.events.has(event))).toBe(true)
})

test('beyond what there is memory for, what waits is given up, which is counted and told once', () => {
  const { state, webhooks, logged, create } = start(away, { mostWaiting: 50 })
  create(80)
  expect(webhooks.summary()).toEqual({ pending: 50, delivered: 0, failed: 30, crowdedOut: 30 })
  expect(logged).toEqual([expect.stringContaining('more than 50 webhooks wait')])
  const failed = [...state.deliveries.values()].filter(({ status }) => status === 'failed')
  expect(new Set(failed.map(({ answer }) => answer))).toEqual(new Set(['too many were waiting']))
})

test('what a chaos rule multiplies stays within the same bound', () => {
  const { state, webhooks, create } = start(away, { mostWaiting: 50 })
  addRule(newRule.parse({ effect: 'duplicate', copies: 100 }), state)
  create(3)
  expect(webhooks.summary()).toMatchObject({ pending: 50, crowdedOut: 3 * 101 - 50 })
})

test('what is redelivered long after it was made is waited for as long as what is new', async () => {
  const { state, webhooks, create } = start(away)
  create(1)
  const [delivery] = state.deliveries.values()
  if (!delivery) throw new Error('there is no delivery')
  const longAgo = Date.now() - 80 * 3_600_000
  Object.assign(delivery, { created: longAgo, since: longAgo, due: longAgo })
  await webhooks.settled()
  expect(delivery).toMatchObject({ status: 'failed', attempts: 1 })
  webhooks.redeliver(delivery)
  await webhooks.settled()
  expect(delivery).toMatchObject({ status: 'pending' })
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
