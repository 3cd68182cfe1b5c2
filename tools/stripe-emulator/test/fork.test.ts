import { expect, test } from 'vitest'
import { createContext, type Context } from '../src/context.ts'
import { forkFor } from '../src/state/fork.ts'
import { commonNames, ownedNames } from '../src/state/owners.ts'
import { emptyState, type State } from '../src/state/state.ts'

type Maps = Record<keyof State, Map<string, { touched?: boolean }>>

const names = Object.keys(emptyState()) as (keyof State)[]
const told: string[] = []

/** Two customers who have one thing of every kind, and one thing of every kind that nobody owns. */
function world(): Context {
  const state = emptyState()
  const maps = state as unknown as Maps
  for (const name of names) {
    if (!(ownedNames as string[]).includes(name)) maps[name].set('everyone', {})
    else for (const owner of ['ada', 'bob']) maps[name].set(keyIn(name, owner), thingOf(name, owner))
  }
  const request = { id: 'req_1', idempotency_key: null }
  const source = { state, byTime: false, url: (path: string) => path, request, dispatch: tell }
  return createContext(source, 1_000)
}

function tell(event: { type: string }): number {
  told.push(event.type)
  return 1
}

/** What belongs to something else has its key, as a card has that of its payment method. */
function keyIn(name: keyof State, owner: string): string {
  return name === 'customers' ? owner : `${owner}-1`
}

function thingOf(name: keyof State, owner: string): object {
  return { id: keyIn(name, owner), customer: owner, invoice: `${owner}-1`, charge: `${owner}-1` }
}

test.each(ownedNames)('a fork takes along what is the customer’s in %s, and nothing of others', (name) => {
  const ctx = world()
  expect([...forkFor('ada', ctx).state[name].keys()]).toEqual([keyIn(name, 'ada')])
})

test.each(commonNames)('a fork takes along all of %s, which everybody shares', (name) => {
  expect([...forkFor('ada', world()).state[name].keys()]).toEqual(['everyone'])
})

test.each(
  names.filter((name) => !(ownedNames as string[]).includes(name) && !(commonNames as string[]).includes(name)),
)('a fork knows nothing of %s', (name) => {
  expect(forkFor('ada', world()).state[name].size).toBe(0)
})

test.each(names)('what happens to %s in a fork stays there, and the other way round', (name) => {
  const ctx = world()
  const before = structuredClone([...ctx.state[name]])
  const copy = forkFor('ada', ctx).state as unknown as Maps
  for (const entry of copy[name].values()) entry.touched = true
  copy[name].set('new', {})
  copy[name].delete(keyIn(name, 'ada'))
  expect([...ctx.state[name]]).toEqual(before)

  const later = forkFor('ada', ctx).state
  for (const entry of (ctx.state as unknown as Maps)[name].values()) entry.touched = true
  expect(JSON.stringify([...later[name]])).not.toContain('touched')
})

test('a fork tells nobody', () => {
  const ctx = world()
  const fork = forkFor('ada', ctx)
  fork.emit('test_helpers.test_clock.deleted', { id: 'clock_1' } as never)
  expect(told).toEqual([])
  expect(fork.state.events.size).toBe(1)
  expect([...ctx.state.events.keys()]).toEqual(['everyone'])
})

test('whoever gets an owner later, and loses it again, is found accordingly', () => {
  const ctx = world()
  const method = { id: 'pm_1', customer: null as string | null }
  ctx.state.paymentMethods.set('pm_1', method as never)
  const known = () => [...forkFor('ada', ctx).state.paymentMethods.keys()]
  expect(known()).toEqual(['ada-1'])
  method.customer = 'ada'
  expect(known()).toEqual(['ada-1', 'pm_1'])
  method.customer = null
  expect(known()).toEqual(['ada-1'])
})
