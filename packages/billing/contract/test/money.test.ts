import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  compare,
  decimalsOf,
  minorUnits,
  minus,
  money,
  percentLess,
  plus,
  times,
  toDecimal,
  type MinorUnits,
  type Money,
} from '../src/money.ts'
import { Money as MoneySchema } from '../src/money-shape.ts'

const usd = (amount: number) => money(amount, 'usd')
const MOST = Number.MAX_SAFE_INTEGER

describe('minor units', () => {
  it.each([0.5, 19.99, 1e-9, Number.NaN, Infinity, -Infinity, MOST + 1, -MOST - 1, 2 ** 60])(
    'are whole and exact, which %d is not',
    (value) => {
      expect(() => minorUnits(value)).toThrow(TypeError)
      expect(() => usd(value)).toThrow(TypeError)
      expect(MoneySchema.safeParse({ amount: value, currency: 'usd' }).success).toBe(false)
    },
  )

  it.each([0, 1, -1, 1200, MOST, -MOST])('can be %d', (value) => {
    expect(minorUnits(value)).toBe(value)
    expect(MoneySchema.parse({ amount: value, currency: 'usd' })).toEqual(usd(value))
  })

  it('know no negative zero', () => {
    expect(Object.is(minorUnits(-0), 0)).toBe(true)
    expect(Object.is(times(usd(0), -3).amount, 0)).toBe(true)
  })

  it('are made by no other arithmetic: it does not compile', () => {
    expectTypeOf<number>().not.toExtend<MinorUnits>()
    expectTypeOf(usd(5).amount).toEqualTypeOf<MinorUnits>()
    // @ts-expect-error A number is no money, whole or not.
    const fraction: Money = { amount: 12.5, currency: 'usd' }
    // @ts-expect-error What arithmetic makes of money is a number.
    const discounted: MinorUnits = usd(1200).amount * 0.8
    // @ts-expect-error Two amounts may be of two currencies.
    const sum: MinorUnits = usd(1).amount + usd(2).amount
    expect([fraction, discounted, sum]).toHaveLength(3)
  })
})

describe('sums', () => {
  it('are exact, to the greatest there is and no further', () => {
    expect(plus(usd(MOST - 1), usd(1))).toEqual(usd(MOST))
    expect(minus(usd(-MOST + 1), usd(1))).toEqual(usd(-MOST))
    expect(times(usd(3_002_399_751_580_330), 3)).toEqual(usd(MOST - 1))
    expect(() => plus(usd(MOST), usd(1))).toThrow(TypeError)
    expect(() => minus(usd(-MOST), usd(1))).toThrow(TypeError)
    expect(() => times(usd(MOST), 2)).toThrow(TypeError)
  })

  it('are not those of floating point', () => {
    const dimes = Array.from({ length: 3 }, () => usd(10))
    expect(dimes.reduce(plus)).toEqual(usd(30))
    expect(minus(usd(30), usd(10))).toEqual(usd(20))
  })

  it('are of one currency', () => {
    for (const both of [plus, minus, compare, percentLess])
      expect(() => both(usd(1), money(1, 'jpy'))).toThrow('are two currencies')
  })

  it('count whole things', () => {
    expect(times(usd(1200), 0)).toEqual(usd(0))
    expect(times(usd(-1200), 3)).toEqual(usd(-3600))
    for (const count of [0.5, Number.NaN, Infinity]) expect(() => times(usd(1), count)).toThrow('not a whole number')
  })

  it('sort', () => {
    const sorted = [usd(5), usd(-7), usd(0), usd(MOST)].toSorted(compare)
    expect(sorted.map(({ amount }) => amount)).toEqual([-7, 0, 5, MOST])
  })
})

describe('whole percent', () => {
  it.each([
    [12_000, 14_400, 16],
    [9_600, 14_400, 33],
    [14_400, 14_400, 0],
    [15_000, 14_400, 0],
    [0, 14_400, 100],
    [1, 10_000, 99],
    [100, 0, 0],
    [1, MOST, 99],
    [-MOST, MOST, 200],
  ])('%d is as many less than %d, never rounded up: %d', (part, whole, percent) => {
    expect(percentLess(usd(part), usd(whole))).toBe(percent)
  })
})

describe('as text', () => {
  it.each([
    ['usd', 2, 1230, '12.30'],
    ['usd', 2, 5, '0.05'],
    ['usd', 2, 0, '0.00'],
    ['usd', 2, -5, '-0.05'],
    ['eur', 2, -123_456, '-1234.56'],
    ['jpy', 0, 500, '500'],
    ['krw', 0, -1, '-1'],
    ['clp', 0, 0, '0'],
    ['kwd', 3, 1, '0.001'],
    ['bhd', 3, 12_345, '12.345'],
    ['tnd', 3, -1_000, '-1.000'],
    // Stripe counts a hundredth of these, though nobody pays with one.
    ['isk', 2, 50_000, '500.00'],
    ['ugx', 2, 100, '1.00'],
    ['usd', 2, MOST, '90071992547409.91'],
    ['jpy', 0, -MOST, '-9007199254740991'],
    ['kwd', 3, MOST, '9007199254740.991'],
  ] as const)('%s has %i digits behind the point: %i is %s', (currency, decimals, amount, text) => {
    expect(decimalsOf(currency)).toBe(decimals)
    expect(toDecimal(money(amount, currency))).toBe(text)
  })

  it('is written out by Intl to the last digit, which a number is not', () => {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })
    expect(format.format(toDecimal(usd(MOST)))).toBe('$90,071,992,547,409.91')
    expect(format.format(toDecimal(usd(MOST - 1)))).toBe('$90,071,992,547,409.90')
  })

  it('is the amount again, for any amount', () => {
    for (let round = 0; round < 500; round += 1) {
      const amount = Math.round((Math.random() - 0.5) * 2 * MOST)
      for (const currency of ['usd', 'jpy', 'kwd'])
        expect(BigInt(toDecimal(money(amount, currency)).replace('.', ''))).toBe(BigInt(amount))
    }
  })
})
