import { expect, it } from 'vitest'
import { tellError } from '../src/error-report.ts'

it('what leaves the house of an error is what it is and where it came from, causes first, and nothing that it says', () => {
  const cause = Object.assign(new Error('duplicate key: erika@example.com'), { code: '23505' })
  const told = tellError(new TypeError('The password is hunter2\n    at which nobody looks', { cause }))
  expect(told.map(({ type, code }) => [type, code])).toEqual([
    ['Error', '23505'],
    ['TypeError', undefined],
  ])
  expect(told.every(({ stack }) => stack.includes('error-report.test.ts'))).toBe(true)
  expect(JSON.stringify(told)).not.toMatch(/erika|hunter2/)
})

it('what is thrown and is no error, or has a code of its own making, is told as little', () => {
  expect(tellError('hunter2')).toEqual([{ type: 'string', code: undefined, stack: '' }])
  const [odd] = tellError(Object.assign(new Error('x'), { code: 'erika@example.com was here' }))
  expect(odd?.code).toBeUndefined()
})
