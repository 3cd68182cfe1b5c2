import type { Plan } from '@lightpress/billing-contract'
import { expect, it } from 'vitest'
import { priceOf, renewal, times, yearlySaving } from '../src/plans/prices.ts'

const plan = (month: number, year: number, currency = 'usd'): Plan => ({
  id: 'pro',
  name: 'Pro',
  description: '',
  perSeat: true,
  features: [],
  prices: [
    { interval: 'month', price: { amount: month, currency: 'usd' } },
    { interval: 'year', price: { amount: year, currency } },
  ],
})

it('finds the price of an interval and multiplies it by seats', () => {
  expect(times(priceOf(plan(1200, 12_000), 'month') ?? { amount: 0, currency: '' }, 3)).toEqual({
    amount: 3600,
    currency: 'usd',
  })
  expect(priceOf({ ...plan(1, 1), prices: [] }, 'month')).toBeUndefined()
})

it('never promises more saving than there is', () => {
  expect(yearlySaving(plan(1200, 12_000))).toBe(16)
  expect(yearlySaving(plan(1200, 14_400))).toBe(0)
  expect(yearlySaving(plan(1200, 20_000))).toBe(0)
  expect(yearlySaving(plan(1200, 12_000, 'eur'))).toBe(0)
})

it('renews on the same day, or on the last of a shorter month', () => {
  const day = (text: string) => new Date(`${text}T10:00:00Z`)
  expect(renewal(day('2026-11-20'), 'month')).toEqual(day('2026-12-20'))
  expect(renewal(day('2027-01-31'), 'month')).toEqual(day('2027-02-28'))
  expect(renewal(day('2028-02-29'), 'year')).toEqual(day('2029-02-28'))
  expect(renewal(day('2026-12-31'), 'month')).toEqual(day('2027-01-31'))
})
