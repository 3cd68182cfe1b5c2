import { expect, it } from 'vitest'
import { firstSteps, type Known } from '../src/screens/dashboard/steps.ts'

const newcomer: Known = {
  timeZone: 'UTC',
  browserTimeZone: 'Europe/Berlin',
  paidPlan: undefined,
  notifications: [{ readAt: null }],
  picture: false,
  members: 1,
  mayInvite: true,
  invited: false,
}
const done = (known: Partial<Known>) => firstSteps({ ...newcomer, ...known }).map(({ href }) => href === undefined)

it('has only the address done for a newcomer', () => {
  expect(done({})).toEqual([true, false, false, false, false, false])
})

it.each([
  [1, { timeZone: 'Europe/Berlin' }],
  [2, { picture: true }],
  [3, { invited: true }],
  [3, { members: 2 }],
  [4, { notifications: [{ readAt: null }, { readAt: '2026-11-20T10:00:00Z' }] }],
  [5, { paidPlan: 'Pro' }],
])('sees step %i done by what is there: %o', (index, known) => {
  expect(done(known)).toEqual([0, 1, 2, 3, 4, 5].map((step) => step === 0 || step === index))
})

it('says of what is done what came of it, and asks for nothing more', () => {
  const steps = firstSteps({ ...newcomer, timeZone: 'America/New_York', paidPlan: 'Pro', members: 3 })
  expect(steps[0]?.title).toBe('Address confirmed')
  expect(steps[1]).toMatchObject({ title: 'Time zone set', detail: expect.stringContaining('New York') as string })
  expect(steps[3]).toMatchObject({ detail: 'You are 3 in your organisation.', href: undefined })
  expect(steps[5]).toMatchObject({ title: 'Plan chosen', detail: 'Your organisation is on Pro.' })
})

it('asks nobody to invite who can invite nobody', () => {
  const titles = firstSteps({ ...newcomer, mayInvite: false }).map(({ title }) => title)
  expect(titles).not.toContain('Invite somebody')
  expect(titles).toHaveLength(5)
})

it('asks nobody who lives in UTC to leave it', () => {
  expect(done({ browserTimeZone: 'UTC' })[1]).toBe(true)
})
