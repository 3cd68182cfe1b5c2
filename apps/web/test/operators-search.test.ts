import { expect, it } from 'vitest'
import { parseSearch } from '../src/screens/operators-users/states.ts'

it('takes from an address what can be looked for, and leaves out the rest', () => {
  expect(parseSearch({ query: '  ada ', state: 'suspended' })).toEqual({ query: 'ada', state: 'suspended' })
  expect(parseSearch({ query: ' ', state: 'constructor' })).toEqual({})
  expect(parseSearch({ query: ['a', 'b'], state: undefined })).toEqual({})
})

it('cuts off what is longer than any search', () => {
  expect(parseSearch({ query: 'a'.repeat(300) }).query).toHaveLength(100)
})
