import { expect, it } from 'vitest'
import { firstIdAt, newId, timeOfId } from '../src/ids.ts'

it('an id says when it was made, to the millisecond', () => {
  const before = Date.now()
  const made = timeOfId(newId()).getTime()
  expect(made).toBeGreaterThanOrEqual(before)
  expect(made).toBeLessThanOrEqual(Date.now())
})

it('the first id of a time is below all that are made then, and above all that were made before', () => {
  const id = newId()
  const made = timeOfId(id)
  const next = new Date(made.getTime() + 1)
  expect([firstIdAt(next), id, firstIdAt(made)].sort()).toEqual([firstIdAt(made), id, firstIdAt(next)])
  expect(timeOfId(firstIdAt(made))).toEqual(made)
})

it('there is no id of a time before there were any', () => {
  expect(firstIdAt(new Date('0001-01-01T00:00:00Z'))).toBe('00000000-0000-7000-8000-000000000000')
})
