import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextDelay, parseRetryAfter } from '../../src/webhooks/retries.ts'

const retries = [5, 300, 1_800]

it('follows the plan, up to a fifth later, and ends with it', () => {
  const plan = (attempts: number, random: number) => nextDelay({ attempts, retryAfter: null }, { retries, random })
  expect([1, 2, 3, 4].map((attempts) => plan(attempts, 0))).toEqual([5_000, 300_000, 1_800_000, null])
  expect(plan(1, 1)).toBe(6_000)
})

it('never comes sooner than planned or than it was asked to, a day at most, and says nothing after the last', () => {
  const attempted = fc.record({
    attempts: fc.integer({ min: 1, max: 6 }),
    retryAfter: fc.option(fc.integer({ min: 0, max: 10 ** 12 })),
  })
  fc.assert(
    fc.property(attempted, fc.double({ min: 0, max: 1, noNaN: true }), (asked, random) => {
      const delay = nextDelay(asked, { retries, random })
      const planned = retries[asked.attempts - 1]
      if (planned === undefined) return delay === null
      const wanted = Math.min(asked.retryAfter ?? 0, 86_400_000)
      return delay !== null && delay >= Math.max(planned * 1_000, wanted) && delay <= Math.max(planned * 1_200, wanted)
    }),
  )
})

it('reads Retry-After as seconds or as a date', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(parseRetryAfter('120', now)).toBe(120_000)
  expect(parseRetryAfter('Sat, 21 Nov 2026 12:01:00 GMT', now)).toBe(60_000)
  expect(parseRetryAfter('Sat, 21 Nov 2026 11:00:00 GMT', now)).toBe(0)
  for (const value of [undefined, '', 'soon', '-5']) expect(parseRetryAfter(value, now) ?? 0).toBe(0)
})
