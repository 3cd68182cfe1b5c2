import type { Plan, Subscription } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { expect, it } from 'vitest'
import { invoiceState, isDue } from '../src/screens/billing/invoice-state.ts'
import { lineWords } from '../src/screens/billing/line-words.ts'
import { leastSeats, seatsHelp, seatsRule, seatsWords } from '../src/screens/billing/seats.ts'
import { daysLeft, isPaused, mayTry, statusOf } from '../src/screens/billing/status.ts'
import { barOf, dayBars, levelOf } from '../src/screens/billing/usage-words.ts'
import { compareOf } from '../src/screens/pricing/comparison.ts'

const pro: Subscription = {
  organizationId: '01900000-0000-7000-8000-000000000001',
  planId: 'pro',
  entitledPlanId: 'pro',
  status: 'active',
  interval: 'month',
  seats: 3,
  minimumSeats: 1,
  price: money(1200, 'usd'),
  currentPeriodStart: '2026-11-01T00:00:00.000Z',
  currentPeriodEnd: '2026-12-01T00:00:00.000Z',
  trialEndsAt: null,
  cancelAtPeriodEnd: false,
  scheduledChange: null,
  discount: null,
  paymentProblem: null,
}
const label = (over: Partial<Subscription>) => statusOf({ ...pro, ...over }).label

it('calls a plan by what it means to the one who has it', () => {
  expect(label({})).toBe('Active')
  expect(label({ status: 'trialing' })).toBe('Trial')
  expect(label({ cancelAtPeriodEnd: true })).toBe('Does not renew')
  expect(label({ status: 'trialing', cancelAtPeriodEnd: true })).toBe('Does not renew')
  expect(label({ status: 'past_due' })).toBe('Payment failed')
  expect(label({ status: 'past_due', entitledPlanId: 'free' })).toBe('Paused')
  expect(label({ status: 'unpaid', entitledPlanId: 'free' })).toBe('Paused')
  expect(label({ status: 'canceled', planId: 'free', entitledPlanId: 'free' })).toBe('Active')
  expect(isPaused({ planId: 'free', entitledPlanId: 'free' })).toBe(false)
})

it('offers a trial to whoever never had a plan', () => {
  expect(mayTry({ ...pro, planId: 'free' })).toBe(true)
  expect(mayTry({ ...pro, planId: 'free', status: 'canceled' })).toBe(false)
  expect(mayTry(pro)).toBe(false)
})

it('counts the days that are left as a person does', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  expect(daysLeft('2026-12-05T12:00:00Z', now)).toBe(14)
  expect(daysLeft('2026-11-21T12:00:01Z', now)).toBe(1)
  expect(daysLeft('2026-11-21T11:00:00Z', now)).toBe(0)
})

it('asks for no least number of seats where people decide it', () => {
  expect(leastSeats(3, 3)).toBe(1)
  expect(leastSeats(5, 3)).toBe(5)
  expect(seatsRule(3)('2', {})).toMatch(/3 people/)
  expect([seatsRule(3)('3', {}), seatsRule(1)('10000', {})]).toEqual([undefined, undefined])
  for (const wrong of ['0', '1.5', '10001', 'many']) expect(seatsRule(1)(wrong, {})).toMatch(/whole number/)
})

it('says who is there and what is paid for them', () => {
  expect(seatsWords(3, 5)).toBe('3 people, 5 seats')
  expect(seatsWords(1, 1)).toBe('1 person, 1 seat')
  expect(seatsWords(undefined, 2)).toBe('2 seats')
  expect(seatsHelp(3, { name: 'Acme', memberCount: 3 })).toMatch(/^3 people are in Acme, a seat each/)
  expect(seatsHelp(5, { name: 'Acme', memberCount: 3 })).toMatch(/2 seats more/)
  expect(seatsHelp(1, { name: 'Acme', memberCount: 1 })).toMatch(/^You are alone in Acme\. The/)
  expect(seatsHelp(6, { name: 'Acme', memberCount: 6 }, 5)).toMatch(/and are never fewer than 5\.$/)
  expect(seatsHelp(6, { name: 'Acme', memberCount: 6 }, 10)).toMatch(/as people join and leave\.$/)
})

it('counts what is on an invoice as people do, and leaves other words alone', () => {
  expect(lineWords('3 seat × Pro (at $12.00 / month)')).toBe('3 seats × Pro (at $12.00 / month)')
  expect(lineWords('1 seat × Pro (at $12.00 / month)')).toBe('1 seat × Pro (at $12.00 / month)')
  expect(lineWords('1240 task × Business: tasks')).toBe('1,240 tasks × Business: tasks')
  for (const words of ['Unused time on 3 × Pro after 21 Nov 2026', '3 seated × Pro'])
    expect(lineWords(words)).toBe(words)
})

it('knows when what is included is nearly used, used up, or gone beyond', () => {
  const level = (used: number, metered: boolean) => levelOf({ used, included: 100, metered })
  expect([level(79, false), level(80, false), level(100, false)]).toEqual(['fine', 'near', 'full'])
  expect([level(79, true), level(100, true), level(101, true)]).toEqual(['fine', 'near', 'beyond'])
})

it('fills the bar with what is used, and shows how much of it is beyond', () => {
  expect(barOf({ used: 25, included: 100 })).toEqual({ within: 25, beyond: 0 })
  expect(barOf({ used: 400, included: 100 })).toEqual({ within: 25, beyond: 75 })
  expect(barOf({ used: 0, included: 0 })).toEqual({ within: 0, beyond: 0 })
})

it('draws days beside the highest of them, and each that has something so that it is seen', () => {
  const days = [0, 1, 50, 100].map((quantity, at) => ({ date: `2026-11-0${at + 1}`, quantity }))
  expect(dayBars(days).map(({ height }) => height)).toEqual([0, 4, 50, 100])
  expect(dayBars([{ date: '2026-11-01', quantity: 0 }])[0]?.height).toBe(0)
})

it('tells of an invoice what became of its money', () => {
  const total = money(6000, 'usd')
  const state = (status: 'paid' | 'open', refunded: number) =>
    invoiceState({ status, total, refunded: money(refunded, 'usd') }).label
  expect([state('paid', 0), state('paid', 1500), state('paid', 6000), state('open', 0)]).toEqual([
    'Paid',
    'Partly refunded',
    'Refunded',
    'Open',
  ])
  expect(isDue({ status: 'open', amountDue: total })).toBe(true)
  expect(isDue({ status: 'void', amountDue: total })).toBe(false)
  expect(isDue({ status: 'open', amountDue: money(0, 'usd') })).toBe(false)
})

it('compares plans by the numbers of the catalogue', () => {
  const plan = (over: Partial<Plan>): Plan => ({
    id: 'free',
    name: '',
    description: '',
    perSeat: false,
    prices: [],
    metered: [],
    trialDays: null,
    limits: { members: 5, tasks: 100 },
    features: ['Your own workspace', 'Community support'],
    ...over,
  })
  const metered = { meterId: 'tasks', included: 60_000, price: money(2, 'usd'), interval: 'year' } as const
  const plans = [plan({}), plan({ limits: { members: null, tasks: null }, metered: [metered], trialDays: 14 })]
  const cells = Object.fromEntries(compareOf(plans, 'year').map((row) => [row.name, row.cells]))
  expect(cells).toMatchObject({
    People: [{ what: 'most', count: 5 }, { what: 'unlimited' }],
    'Tasks a year': [{ words: '100 each month' }, { what: 'included', count: 60_000 }],
    'Further tasks': [{ what: 'none' }, { what: 'metered', metered }],
    'Free trial': [{ what: 'none' }, { what: 'days', days: 14 }],
    Support: [{ words: 'Community' }, { words: 'Community' }],
  })
  expect(compareOf(plans, 'month')[1]?.cells).toEqual([{ what: 'most', count: 100 }, { what: 'unlimited' }])
})
