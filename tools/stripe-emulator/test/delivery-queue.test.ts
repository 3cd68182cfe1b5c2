import { expect, test } from 'vitest'
import { addRule, newRule } from '../src/control/chaos-rules.ts'
import { emptyState, type Delivery } from '../src/state/state.ts'
import { newDelivery } from '../src/webhooks/delivery.ts'
import { createDeliveryLog } from '../src/webhooks/delivery-log.ts'
import { Line } from '../src/webhooks/line.ts'
import { Queue } from '../src/webhooks/queue.ts'
import { createRandom, seed } from './random.ts'

function delivery(changes: Partial<Delivery> = {}): Delivery {
  const event = { id: 'evt_1', type: 'customer.created' } as Parameters<typeof newDelivery>[0]
  return { ...newDelivery(event, { id: 'we_1', url: 'http://127.0.0.1:1/' }), ...changes }
}

test(`a line goes by due times, then by who came first, whatever is done to it (seed ${seed})`, () => {
  const random = createRandom(seed)
  const line = new Line()
  const expected: Delivery[] = []
  const next = () => expected.reduce((a, b) => (b.due < a.due ? b : a), expected[0] as Delivery)
  const acts = {
    add() {
      const one = delivery({ due: random.below(50) })
      line.add(one)
      expected.push(one)
    },
    remove() {
      for (const gone of expected.splice(random.below(expected.length), 1)) line.remove(gone)
    },
    change() {
      random.pick(expected).due = random.below(50)
      line.sort()
    },
    take() {
      expect(line.take()?.delivery).toBe(next())
      expected.splice(expected.indexOf(next()), 1)
    },
    takeAndPutBack() {
      const place = line.take()
      if (place) line.putBack(place)
    },
  }
  for (let step = 0; step < 3_000; step += 1) {
    const act = expected.length === 0 || random.chance(0.4) ? 'add' : random.pick(Object.keys(acts))
    acts[act as keyof typeof acts]()
    expect(line.size).toBe(expected.length)
    expect(line.first).toBe(next())
  }
})

test('when the first of a window has waited long enough all of it goes, in another order', () => {
  const state = emptyState()
  const rule = addRule(newRule.parse({ effect: 'reorder', window: 100, seed: 7 }), state)
  const queue = new Queue(state)
  const [a, b, c] = ['a', 'b', 'c'].map((id) => delivery({ id, held: rule.id, due: 1 }))
  const late = delivery({ id: 'late', held: rule.id, due: Infinity })
  for (const one of [a, b, c, late]) if (one) queue.add(one)
  expect(queue.heldBy(rule.id)).toEqual({ count: 4, until: 1 })
  const order = []
  while (queue.first) order.push(queue.take()?.delivery.id)
  expect(order.toSorted()).toEqual(['a', 'b', 'c', 'late'])
  expect(order).not.toEqual(['a', 'b', 'c', 'late'])
  expect(queue.heldBy(rule.id)).toEqual({ count: 0, until: undefined })
})

test('what is merely late is let go by itself, and does not take along what is later', () => {
  const state = emptyState()
  const rule = addRule(newRule.parse({ effect: 'delay', milliseconds: 1 }), state)
  const queue = new Queue(state)
  const [soon, later] = [delivery({ held: rule.id, due: 1 }), delivery({ held: rule.id, due: Infinity })]
  queue.add(later)
  queue.add(soon)
  expect(queue.take()?.delivery).toBe(soon)
  expect(queue.first).toBe(later)
  expect([soon.held, later.held]).toEqual([null, rule.id])
})

test(`a queue is settled once all in it was refused and waits, whatever is done to it (seed ${seed})`, () => {
  const random = createRandom(seed)
  const state = emptyState()
  const rule = addRule(newRule.parse({ effect: 'delay', milliseconds: 1 }), state)
  const queue = new Queue(state)
  const inside = new Set<Delivery>()
  const acts = {
    add() {
      const [held, refusals] = random.pick([
        [rule.id, 0] as const,
        [null, 0] as const,
        [null, 1] as const,
        [null, 2] as const,
      ])
      const one = delivery({ held, refusals, due: random.pick([1, Infinity]) })
      queue.add(one)
      inside.add(one)
    },
    remove() {
      const one = random.pick([...inside, delivery()])
      queue.remove(one)
      inside.delete(one)
    },
    take() {
      const place = queue.take()
      if (place) inside.delete(place.delivery)
    },
    refuse() {
      const place = queue.take()
      if (!place) return
      place.delivery.refusals += 1
      place.delivery.due = Infinity
      queue.add(place.delivery)
    },
    putBack() {
      const place = queue.take()
      if (place) queue.putBack(place)
    },
    release: () => queue.release(rule.id),
  }
  const seen = new Set<boolean>()
  for (let step = 0; step < 3_000; step += 1) {
    acts[random.pick(Object.keys(acts) as (keyof typeof acts)[])]()
    const expected = [...inside].every(({ refusals, due }) => refusals > 0 && due === Infinity)
    expect(queue.isSettled).toBe(expected)
    seen.add(expected)
  }
  expect(seen.size).toBe(2)
})

test('to see whether a queue is settled takes no look at all that wait', () => {
  let looks = 0
  const queue = new Queue(emptyState())
  for (let count = 0; count < 1_000; count += 1) {
    const refused = delivery({ due: Infinity })
    Object.defineProperty(refused, 'refusals', { get: () => (looks += 1) })
    queue.add(refused)
  }
  looks = 0
  expect(queue.isSettled).toBe(true)
  expect(looks).toBeLessThan(10)
})

test('the log keeps what failed, however much goes well, and counts what it forgot', () => {
  const { deliveries } = emptyState()
  const log = createDeliveryLog({ deliveries })
  function end(id: string, status: 'delivered' | 'failed'): Delivery {
    const one = delivery({ id })
    deliveries.set(id, one)
    one.status = status
    log.ended(one, status)
    return one
  }
  const failed = end('failed', 'failed')
  for (let count = 0; count < 1_500; count += 1) end(`delivered ${count}`, 'delivered')
  deliveries.set('pending', delivery({ id: 'pending' }))
  expect(deliveries.get('failed')).toBe(failed)
  expect(deliveries.has('delivered 499')).toBe(false)
  expect(deliveries.has('delivered 500')).toBe(true)
  expect(log.summary()).toEqual({ pending: 1, delivered: 1_500, failed: 1, crowdedOut: 0 })
  log.begunAgain(failed)
  failed.status = 'pending'
  expect(log.summary()).toEqual({ pending: 2, delivered: 1_500, failed: 0, crowdedOut: 0 })
})
