import type { Plan } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { expect, it } from 'vitest'
import { meteredOf, mostSaving, priceOf, yearlySaving } from '../src/plans/prices.ts'
import { renewal } from '../src/plans/renewal.ts'

const plan = (month: number, year: number, currency = 'usd'): Plan => ({
  id: 'pro',
  name: 'Pro',
  description: '',
  perSeat: true,
  features: [],
  prices: [
    { interval: 'month', price: money(month, 'usd') },
    { interval: 'year', price: money(year, currency) },
  ],
  metered: [{ meterId: 'tasks', interval: 'year', included: 60_000, price: money(2, 'usd') }],
  trialDays: 14,
  limits: { members: null, tasks: null },
})

it('finds what an interval costs, and nothing where it is not sold that way', () => {
  expect(priceOf(plan(1200, 12_000), 'year')).toEqual(money(12_000, 'usd'))
  expect(priceOf({ ...plan(1, 1), prices: [] }, 'month')).toBeUndefined()
  expect(meteredOf(plan(1, 1), 'year')).toMatchObject({ included: 60_000 })
  expect(meteredOf(plan(1, 1), 'month')).toBeUndefined()
})

it('never promises more saving than there is', () => {
  expect(yearlySaving(plan(1200, 12_000))).toBe(16)
  expect(yearlySaving(plan(1200, 14_400))).toBe(0)
  expect(yearlySaving(plan(1200, 20_000))).toBe(0)
  expect(yearlySaving(plan(1200, 12_000, 'eur'))).toBe(0)
  expect(mostSaving([plan(1200, 12_000), plan(1200, 7200), plan(1200, 14_400)])).toBe(50)
  expect(mostSaving([])).toBe(0)
})

it('renews on the same day, or on the last of a shorter month', () => {
  const day = (text: string) => new Date(`${text}T10:00:00Z`)
  expect(renewal(day('2026-11-20'), 'month')).toEqual(day('2026-12-20'))
  expect(renewal(day('2027-01-31'), 'month')).toEqual(day('2027-02-28'))
  expect(renewal(day('2028-02-29'), 'year')).toEqual(day('2029-02-28'))
  expect(renewal(day('2026-12-31'), 'month')).toEqual(day('2027-01-31'))
})
