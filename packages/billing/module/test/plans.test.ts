import { describe, expect, it } from 'vitest'
import { cataloguePrices, findPrice, planOfProduct, plans, productOf } from '../src/plans.ts'

describe('the catalogue', () => {
  it('sells Pro for 12.00 USD a month or 120.00 a year, a seat', () => {
    expect(findPrice('pro', 'month')).toMatchObject({
      lookupKey: 'pro_month',
      price: { amount: 1200, currency: 'usd' },
      plan: { perSeat: true },
    })
    expect(findPrice('pro', 'year')?.price).toEqual({ amount: 12_000, currency: 'usd' })
  })

  it('has a free plan that costs nothing and is not among the prices', () => {
    expect(plans[0]).toMatchObject({ id: 'free', prices: [] })
    expect(cataloguePrices.some(({ plan }) => (plan.id as string) === 'free')).toBe(false)
  })

  it('names every price once, in whole minor units', () => {
    const keys = cataloguePrices.map(({ lookupKey }) => lookupKey)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { price } of cataloguePrices) expect(Number.isInteger(price.amount) && price.amount > 0).toBe(true)
  })

  it('never makes a year dearer than twelve months', () => {
    for (const { id } of cataloguePrices.map(({ plan }) => plan)) {
      const [month, year] = [findPrice(id, 'month'), findPrice(id, 'year')]
      expect(year?.price.amount).toBeLessThanOrEqual((month?.price.amount ?? 0) * 12)
    }
  })

  it('knows its plans by their product and no others', () => {
    for (const { plan } of cataloguePrices) expect(planOfProduct(productOf({ plan, usage: null }).id)).toBe(plan.id)
    expect(planOfProduct('prod_of_somebody_else')).toBeUndefined()
    expect(planOfProduct('lightpress_free')).toBeUndefined()
  })
})
