import { describe, expect, test } from 'vitest'
import { amountOf, piecesOf } from '../src/arithmetic/amounts.ts'
import { compare, multiply, packages, plain, portion, roundHalfAway, subtract } from '../src/arithmetic/decimal.ts'

type Priced = Parameters<typeof piecesOf>[0]
type Tier = NonNullable<Priced['tiers']>[number]

describe('decimals', () => {
  test('are exact where floating point is not', () => {
    expect(0.3 - 0.1).not.toBe(0.2)
    expect(subtract('0.3', '0.1')).toBe('0.2')
    expect(multiply('0.000000000001', '3')).toBe('0.000000000003')
    expect(multiply('1.005', 100)).toBe('100.5')
    expect(subtract('0.3', '0.30')).toBe('0')
    expect(compare('2.50', '2.5')).toBe(0)
    expect(compare('-1', '0.1')).toBeLessThan(0)
  })

  test.each([
    ['5.0', '5'],
    ['0.050', '0.05'],
    ['-0.0', '0'],
    ['007', '7'],
    ['-12.340', '-12.34'],
  ])('%s is written as %s', (given, shortest) => expect(plain(given)).toBe(shortest))

  test.each([
    ['1.5', 2],
    ['1.4999999999999999999999', 1],
    ['-1.5', -2],
    ['-0.4', 0],
    ['0.5', 1],
    ['2', 2],
  ])('%s is rounded to %d: a half goes away from zero', (given, whole) => expect(roundHalfAway(given)).toBe(whole))

  test('a portion is rounded once', () => {
    expect(portion(1000, { part: 1, whole: 3 })).toBe(333)
    expect(portion(1999, { part: '33.3', whole: 100 })).toBe(666)
    expect(portion(-15, { part: 10, whole: 100 })).toBe(-2)
  })

  test('what is no decimal is refused', () => expect(() => subtract('1e3', '1')).toThrow('not a decimal'))
})

// https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing: 1-5 at 7 USD, 6-10 at 6.50 USD, 11+ at 6 USD.
const fonts = [tier({ upTo: 5, unit: '700' }), tier({ upTo: 10, unit: '650' }), tier({ upTo: null, unit: '600' })]

describe("Stripe's worked examples of tiers", () => {
  // https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing#volume-based-pricing
  test.each([
    [1, 700],
    [5, 3500],
    [6, 3900],
    [20, 12_000],
    [25, 15_000],
  ])('volume: %d fonts cost %d cents', (quantity, cents) => {
    expect(amountOf(tiered('volume', fonts), quantity)).toBe(cents)
    expect(piecesOf(tiered('volume', fonts), quantity)).toHaveLength(1)
  })

  // https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing#graduated-pricing
  test.each([
    [1, 700],
    [5, 3500],
    [6, 4150],
    [20, 12_750],
    [25, 15_750],
  ])('graduated: %d fonts cost %d cents', (quantity, cents) => {
    expect(amountOf(tiered('graduated', fonts), quantity)).toBe(cents)
  })

  test('graduated: each tier that is reached is a line of its own', () => {
    expect(piecesOf(tiered('graduated', fonts), 12)).toEqual([
      { amount: 3500, quantity: 5, unitAmountDecimal: '700', isFlat: false, label: 'Tier 1' },
      { amount: 3250, quantity: 5, unitAmountDecimal: '650', isFlat: false, label: 'Tier 2' },
      { amount: 1200, quantity: 2, unitAmountDecimal: '600', isFlat: false, label: 'Tier 3' },
    ])
  })

  // https://docs.stripe.com/billing/subscriptions/usage-based-v1/use-cases/flat-fee-and-overages
  test('a flat fee with overages: 1,000 tokens are included, each further one costs 4 cents', () => {
    const tokens = tiered('graduated', [tier({ upTo: 1000, unit: '0' }), tier({ upTo: null, unit: '4' })])
    expect(amountOf(tokens, 1000)).toBe(0)
    expect(amountOf(tokens, 1001)).toBe(4)
    expect(amountOf(tokens, 2500)).toBe(6000)
  })
})

describe('tiers with flat amounts', () => {
  const tiers = [tier({ upTo: 10, flat: '1000' }), tier({ upTo: null, flat: '500', unit: '25' })]

  test('graduated: each tier that is reached adds its own', () => {
    expect(amountOf(tiered('graduated', tiers), 10)).toBe(1000)
    expect(piecesOf(tiered('graduated', tiers), 14)).toEqual([
      { amount: 0, quantity: 10, unitAmountDecimal: '0', isFlat: false, label: 'Tier 1' },
      { amount: 1000, quantity: 0, unitAmountDecimal: '1000', isFlat: true, label: 'Tier 1' },
      { amount: 100, quantity: 4, unitAmountDecimal: '25', isFlat: false, label: 'Tier 2' },
      { amount: 500, quantity: 0, unitAmountDecimal: '500', isFlat: true, label: 'Tier 2' },
    ])
  })

  // A real invoice, in components/usage of github.com/gitpod-io/gitpod: 1,031 credits, 9 dollars for the first 1,000.
  test('a real invoice: the flat amount of a tier is a line of its own without units, even if it is nothing', () => {
    const credits = tiered('graduated', [
      tier({ upTo: 1000, unit: '0', flat: '900' }),
      tier({ upTo: null, unit: '3.6', flat: '0' }),
    ])
    expect(piecesOf(credits, 1031).map(({ amount, quantity }) => [amount, quantity])).toEqual([
      [0, 1000],
      [900, 0],
      [112, 31],
      [0, 0],
    ])
  })

  test('volume: only the tier that holds adds its own', () => {
    expect(amountOf(tiered('volume', tiers), 10)).toBe(1000)
    expect(amountOf(tiered('volume', tiers), 14)).toBe(14 * 25 + 500)
  })

  // A real invoice for no usage, in the tests of Playpost (github.com/jvandenaardweg): 9.99 dollars for up to 100,000.
  test('the first tier is reached by no unit at all', () => {
    const characters = [tier({ upTo: 100_000, flat: '999' }), tier({ upTo: null, unit: '0.02' })]
    expect(piecesOf(tiered('graduated', characters), 0)).toEqual([
      { amount: 0, quantity: 0, unitAmountDecimal: '0', isFlat: false, label: 'Tier 1' },
      { amount: 999, quantity: 0, unitAmountDecimal: '999', isFlat: true, label: 'Tier 1' },
    ])
    expect(amountOf(tiered('volume', tiers), 0)).toBe(1000)
  })

  // A real invoice, in the tests of github.com/pointfreeco/pointfreeco: `1 seat × … (Tier 1 at $18.00 / month)`.
  test('volume: the line names the tier that holds', () => {
    const seats = tiered('volume', [tier({ upTo: 1, unit: '1800' }), tier({ upTo: null, unit: '1600' })])
    expect(piecesOf(seats, 1)).toMatchObject([{ amount: 1800, label: 'Tier 1' }])
    expect(piecesOf(seats, 4)).toMatchObject([{ amount: 6400, label: 'Tier 2' }])
  })
})

// https://docs.stripe.com/billing/subscriptions/quantities: 10 USD for every 5 users or portion thereof.
test.each([
  [1, 1000],
  [3, 1000],
  [5, 1000],
  [6, 2000],
  [7, 2000],
])('packages of five: %d users cost %d cents', (quantity, cents) => {
  expect(amountOf(perUnit('1000', { divide_by: 5, round: 'up' }), quantity)).toBe(cents)
})

// https://docs.stripe.com/billing/subscriptions/usage-based/transform-quantities: 150 minutes are 3 hours at 10 USD.
test('a rental by the started hour: 150 minutes cost 30 USD, or 20 USD by the full hour', () => {
  expect(piecesOf(perUnit('1000', { divide_by: 60, round: 'up' }), 150)).toEqual([
    { amount: 3000, quantity: 150, unitAmountDecimal: '1000', isFlat: false, label: null },
  ])
  expect(amountOf(perUnit('1000', { divide_by: 60, round: 'down' }), 150)).toBe(2000)
  expect(packages('120.5', 60, 'up')).toBe(3)
})

// https://docs.stripe.com/billing/subscriptions/decimal-amounts: 0.05 × 30 = 1.5, which is rounded up to 2 cents.
test('a decimal amount is rounded after it is multiplied, line by line', () => {
  expect(amountOf(perUnit('0.05'), 30)).toBe(2)
  expect(amountOf(perUnit('0.05'), 29)).toBe(1)
  expect(amountOf(perUnit('0.000000000001'), 500_000_000_000)).toBe(1)
  expect(amountOf(perUnit('0.5'), '2.5')).toBe(1)
})

test('an amount of a currency without minor units is one all the same', () => {
  expect(amountOf(perUnit('500'), 3)).toBe(1500)
  expect(amountOf(perUnit('0.5'), 3)).toBe(2)
})

function perUnit(unit: string, transform: Priced['transform_quantity'] = null): Priced {
  return {
    billing_scheme: 'per_unit',
    tiers_mode: null,
    transform_quantity: transform,
    unit_amount_decimal: unit,
  }
}

function tiered(mode: 'graduated' | 'volume', tiers: Tier[]): Priced {
  return { billing_scheme: 'tiered', tiers, tiers_mode: mode, transform_quantity: null, unit_amount_decimal: null }
}

function tier({ upTo, unit, flat }: { upTo: number | null; unit?: string; flat?: string }): Tier {
  return {
    flat_amount: flat === undefined ? null : Number(flat),
    flat_amount_decimal: flat ?? null,
    unit_amount: unit === undefined ? null : Number(unit),
    unit_amount_decimal: unit ?? null,
    up_to: upTo,
  }
}
