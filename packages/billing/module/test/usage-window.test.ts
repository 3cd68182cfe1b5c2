import { describe, expect, it } from 'vitest'
import { addMonths, termsOf, type UsageStanding } from '../src/usage-window.ts'

const at = (iso: string) => new Date(iso)

function standing(more: Partial<UsageStanding> = {}): UsageStanding {
  return {
    planId: 'business',
    status: 'active',
    interval: 'month',
    currentPeriodStart: at('2027-01-31T10:20:30Z'),
    currentPeriodEnd: at('2027-02-28T10:20:30Z'),
    pastDueSince: null,
    ...more,
  }
}

function windowOf(whose: UsageStanding | undefined, now: string) {
  const { start, end, limit, metered } = termsOf(whose, { meterId: 'tasks', now: at(now) })
  return { start: start.toISOString(), end: end.toISOString(), limit, included: metered?.included ?? null }
}

describe('what is used on a plan that charges nothing for it', () => {
  it.each([
    ['2027-01-01T00:00:00.000Z', '2027-01-01', '2027-02-01'],
    ['2027-01-31T23:59:59.999Z', '2027-01-01', '2027-02-01'],
    ['2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01'],
    ['2027-12-31T23:59:59.999Z', '2027-12-01', '2028-01-01'],
  ])('counts by the calendar month: %s', (now, from, to) => {
    const month = { start: `${from}T00:00:00.000Z`, end: `${to}T00:00:00.000Z`, included: null }
    expect(windowOf(undefined, now)).toEqual({ ...month, limit: 100 })
    expect(windowOf(standing({ planId: 'pro' }), now)).toEqual({ ...month, limit: 2_000 })
  })

  it('is that of the free plan for whoever does not pay any more', () => {
    const month = { start: '2027-02-01T00:00:00.000Z', end: '2027-03-01T00:00:00.000Z', limit: 100, included: null }
    const failed = { status: 'past_due', pastDueSince: at('2027-02-01T00:00:00Z') } as const
    expect(windowOf(standing(failed), '2027-02-08T00:00:00Z')).toEqual(month)
    for (const status of ['unpaid', 'canceled', 'incomplete'] as const)
      expect(windowOf(standing({ status }), '2027-02-08T00:00:00Z')).toEqual(month)
  })
})

describe('what is used on a plan that charges for it', () => {
  const first = { start: '2027-01-31T10:20:30.000Z', end: '2027-02-28T10:20:30.000Z', limit: null, included: 5_000 }

  it('counts by the billing period, also in a trial and while a payment waits', () => {
    expect(windowOf(standing(), '2027-02-01T00:00:00Z')).toEqual(first)
    expect(windowOf(standing({ status: 'trialing' }), '2027-02-01T00:00:00Z')).toEqual(first)
    const failed = { status: 'past_due', pastDueSince: at('2027-02-01T00:00:00Z') } as const
    expect(windowOf(standing(failed), '2027-02-07T23:59:59Z')).toEqual(first)
  })

  it('begins the next one with its end, before anybody tells us', () => {
    expect(windowOf(standing(), '2027-02-28T10:20:29.999Z')).toEqual(first)
    const next = { ...first, start: first.end, end: '2027-03-31T10:20:30.000Z' }
    expect(windowOf(standing(), '2027-02-28T10:20:30.000Z')).toEqual(next)
    const later = { ...first, start: '2027-04-30T10:20:30.000Z', end: '2027-05-31T10:20:30.000Z' }
    expect(windowOf(standing(), '2027-05-01T00:00:00Z')).toEqual(later)
  })

  it('has a year where it is paid by the year, from one 29th of February to the next', () => {
    const leap = standing({
      interval: 'year',
      currentPeriodStart: at('2028-02-29T00:00:00Z'),
      currentPeriodEnd: at('2029-02-28T00:00:00Z'),
    })
    const year = { start: '2028-02-29T00:00:00.000Z', end: '2029-02-28T00:00:00.000Z', limit: null, included: 60_000 }
    expect(windowOf(leap, '2028-06-01T00:00:00Z')).toEqual(year)
    expect(windowOf(leap, '2032-02-28T23:59:59Z')).toMatchObject({ end: '2032-02-29T00:00:00.000Z' })
  })

  it('is reckoned from its end where its beginning was not kept', () => {
    const old = standing({ currentPeriodStart: null, currentPeriodEnd: at('2027-03-15T08:00:00Z') })
    expect(windowOf(old, '2027-03-01T00:00:00Z')).toMatchObject({ start: '2027-02-15T08:00:00.000Z' })
  })
})

describe('a month later', () => {
  it.each([
    ['2027-01-31T01:02:03.004Z', 1, '2027-02-28T01:02:03.004Z'],
    ['2028-01-31T01:02:03.004Z', 1, '2028-02-29T01:02:03.004Z'],
    ['2027-12-15T00:00:00.000Z', 1, '2028-01-15T00:00:00.000Z'],
    ['2027-03-31T00:00:00.000Z', -1, '2027-02-28T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 12, '2029-02-28T00:00:00.000Z'],
  ])('than %s, by %i', (from, months, to) => {
    expect(addMonths(at(from), months).toISOString()).toBe(to)
  })

  it('is on the day on which it began where there is such a day', () => {
    expect(addMonths(at('2027-02-28T00:00:00Z'), 1, 31).toISOString()).toBe('2027-03-31T00:00:00.000Z')
  })
})
