import { expect, it } from 'vitest'
import { firstSteps, type Known } from '../src/screens/dashboard/steps.ts'

const newcomer: Known = {
  timeZone: 'UTC',
  browserTimeZone: 'Europe/Berlin',
  paidPlan: undefined,
  notifications: [{ readAt: null }],
}
const done = (known: Partial<Known>) => firstSteps({ ...newcomer, ...known }).map(({ href }) => href === undefined)

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
  expect(done({ paidPlan: 'Pro' })).toEqual([true, false, false, true])
})

it('says of what is done what came of it, and asks for nothing more', () => {
  const [address, zone, , plan] = firstSteps({ ...newcomer, timeZone: 'America/New_York', paidPlan: 'Pro' })
  expect(address?.title).toBe('Address confirmed')
  expect(zone).toMatchObject({ title: 'Time zone set', detail: expect.stringContaining('New York') as string })
  expect(plan).toMatchObject({ title: 'Plan chosen', detail: 'Your organisation is on Pro.' })
})

it('asks nobody who lives in UTC to leave it', () => {
  expect(done({ browserTimeZone: 'UTC' })[1]).toBe(true)
})
