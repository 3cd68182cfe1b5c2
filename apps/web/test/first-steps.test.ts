import { expect, it } from 'vitest'
import { firstSteps, type Known } from '../src/screens/dashboard/steps.ts'

const newcomer: Known = {
  timeZone: 'UTC',
  browserTimeZone: 'Europe/Berlin',
  planId: 'free',
  notifications: [{ readAt: null }],
}
const done = (known: Partial<Known>) => firstSteps({ ...newcomer, ...known }).map((step) => step.done)

it('has only the address done for a newcomer', () => {
  expect(done({})).toEqual([true, false, false, false])
})

it('sees each step done by what is there', () => {
  expect(done({ timeZone: 'Europe/Berlin' })).toEqual([true, true, false, false])
  expect(done({ notifications: [{ readAt: null }, { readAt: '2026-11-20T10:00:00Z' }] })).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect(done({ planId: 'pro' })).toEqual([true, false, false, true])
})

it('asks nobody who lives in UTC to leave it', () => {
  expect(done({ browserTimeZone: 'UTC' })[1]).toBe(true)
})
