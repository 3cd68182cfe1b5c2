import { describe, expect, it } from 'vitest'
import { effectOf, isGood, isSame, keepsPrice, prorationMoment, type Terms } from '../src/change-rules.ts'

const pro: Terms = { planId: 'pro', interval: 'month', minimumSeats: 3 }
const proYear: Terms = { ...pro, interval: 'year' }
const business: Terms = { ...pro, planId: 'business' }
const businessYear: Terms = { ...business, interval: 'year' }

describe('at once', () => {
  it.each([
    ['a plan that ranks higher', pro, business],
    ['a plan that ranks higher, for a shorter interval', proYear, business],
    ['a plan that ranks higher, with fewer seats', pro, { ...businessYear, minimumSeats: 1 }],
    ['a year instead of a month', pro, proYear],
    ['a year instead of a month, with fewer seats', business, { ...businessYear, minimumSeats: 1 }],
    ['more seats', pro, { ...pro, minimumSeats: 4 }],
    ['the same again, which takes back what was planned', pro, pro],
  ])('comes %s', (_, from, to) => {
    expect(effectOf({ ...from, status: 'active' }, to)).toBe('now')
  })

  it('comes everything in a trial: nothing is paid for yet', () => {
    for (const to of [pro, proYear, business, { ...pro, minimumSeats: 1 }]) {
      expect(effectOf({ ...businessYear, status: 'trialing' }, to)).toBe('now')
    }
  })
})

describe('when the period ends', () => {
  it.each([
    ['a plan that ranks lower', business, pro],
    ['a plan that ranks lower, for a longer interval', business, proYear],
    ['a plan that ranks lower, with more seats', business, { ...pro, minimumSeats: 50 }],
    ['a month instead of a year', proYear, pro],
    ['a month instead of a year, with more seats', proYear, { ...pro, minimumSeats: 4 }],
    ['fewer seats', pro, { ...pro, minimumSeats: 2 }],
    ['another interval than the one that somebody agreed upon by hand', { ...pro, interval: null }, pro],
  ])('comes %s', (_, from, to) => {
    expect(effectOf({ ...from, status: 'active' }, to)).toBe('period_end')
  })
})

it('the same is the same plan, interval and seats', () => {
  expect(isSame(pro, { ...pro })).toBe(true)
  for (const other of [proYear, business, { ...pro, minimumSeats: 4 }]) expect(isSame(pro, other)).toBe(false)
})

it('a price is kept by whoever keeps plan and interval', () => {
  expect(keepsPrice(pro, { ...pro, minimumSeats: 9 })).toBe(true)
  for (const other of [proYear, business]) expect(keepsPrice(pro, other)).toBe(false)
})

describe('the moment of a proration', () => {
  const period = { currentPeriodStart: at('2026-03-01T00:00:00Z'), currentPeriodEnd: at('2026-04-01T00:00:00Z') }

  it.each([
    ['is a whole second', '2026-03-10T12:00:00.999Z', '2026-03-10T12:00:00Z'],
    ['is the beginning where our clock says it has not begun', '2026-02-28T23:59:59Z', '2026-03-01T00:00:00Z'],
    ['is the end where our clock says it is over', '2026-04-02T00:00:00Z', '2026-04-01T00:00:00Z'],
  ])('%s', (_, now, moment) => {
    expect(prorationMoment(at(now), period)).toEqual(at(moment))
  })

  it.each([
    [true, 'an hour old', '2026-03-10T11:00:00Z'],
    [false, 'older than an hour', '2026-03-10T10:59:59Z'],
    [true, 'of another process, whose clock is ahead', '2026-03-10T12:01:00Z'],
    [false, 'of a moment to come, when less is left to be paid', '2026-03-31T23:59:59Z'],
  ])('is good: %s, where a preview is %s', (good, _, previewed) => {
    expect(isGood(at(previewed), at('2026-03-10T12:00:00Z'), period)).toBe(good)
  })

  it('is good in its own period only', () => {
    expect(isGood(at('2026-02-28T23:59:00Z'), at('2026-03-01T00:10:00Z'), period)).toBe(false)
  })
})

function at(iso: string): Date {
  return new Date(iso)
}
