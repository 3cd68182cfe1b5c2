import { describe, expect, test } from 'vitest'
import { discountAmounts, type DiscountableLine, type DiscountTerms } from '../src/arithmetic/discounts.ts'

describe("Stripe's words on discounts", () => {
  // https://docs.stripe.com/api/coupons/object#coupon_object-percent_off
  test('50 percent off make an invoice of 100 dollars one of 50', () => {
    expect(leftOf([line(10_000)], [percent(50)])).toEqual([5000])
  })

  // https://docs.stripe.com/billing/subscriptions/coupons#stacking: "20% off then 5 USD off", "5 USD off then 20% off".
  test('the order of an amount and a percentage makes a difference', () => {
    expect(leftOf([line(10_000)], [percent(20), amount(500)])).toEqual([7500])
    expect(leftOf([line(10_000)], [amount(500), percent(20)])).toEqual([7600])
  })

  test('a second percentage is of what the first has left', () => {
    expect(leftOf([line(10_000)], [percent(50), percent(50)])).toEqual([2500])
  })

  // https://docs.stripe.com/billing/subscriptions/coupons: the items' own discounts and the subscription's.
  test('the discounts of an item come before those of the whole', () => {
    const [item, whole] = [amount(500, 'di_item'), percent(20, 'di_whole')]
    expect(discountAmounts([line(10_000, { discounts: [item] }), line(5000)], [whole])).toEqual([
      [
        { amount: 500, discount: 'di_item' },
        { amount: 1900, discount: 'di_whole' },
      ],
      [{ amount: 1000, discount: 'di_whole' }],
    ])
  })

  // https://docs.stripe.com/billing/subscriptions/coupons#eligible-products
  test('a coupon for some products leaves the others alone, and does nothing where there are none', () => {
    const forPro = { ...percent(50), products: ['prod_pro'] }
    const [pro, other, none] = [line(1000, { product: 'prod_pro' }), line(1000), line(1000, { product: null })]
    expect(leftOf([pro, other, none], [forPro])).toEqual([500, 1000, 1000])
    expect(discountAmounts([other, none], [forPro])).toEqual([[], []])
  })

  // https://docs.stripe.com/billing/subscriptions/coupons#eligible-products: "You can't discount proration line items further".
  test('a line that is not discountable stays as it is, and so does a credit', () => {
    expect(leftOf([line(1000, { discountable: false }), line(-400), line(1000)], [amount(1500)])).toEqual([
      1000, -400, 0,
    ])
  })
})

test('an amount is spread over the lines in proportion, and the shares sum to it', () => {
  expect(offOf([line(3000), line(1000)], [amount(1000)])).toEqual([750, 250])
  expect(offOf([line(100), line(100), line(100)], [amount(100)])).toEqual([34, 33, 33])
  expect(offOf([line(1), line(1), line(1)], [amount(2)])).toEqual([1, 1, 0])
})

test('a percentage of several lines is rounded once: 10 percent of 3 × 5 cents are 2 cents, not 3', () => {
  const off = offOf([line(5), line(5), line(5)], [percent(10)])
  expect(off.reduce((sum, each) => sum + each, 0)).toBe(2)
})

test('a percentage may have decimals', () => {
  expect(leftOf([line(1999)], [percent(12.5)])).toEqual([1749])
  expect(leftOf([line(10_000)], [percent(33.3333)])).toEqual([6667])
})

test('nothing falls below zero, however much is taken off', () => {
  expect(leftOf([line(300), line(200)], [amount(400), amount(400), percent(50)])).toEqual([0, 0])
})

test('the lines of one item, such as its tiers, have its amount off once between them', () => {
  const own = amount(1000)
  const tiers = [line(3500, { discounts: [own] }), line(1500, { discounts: [own] })]
  expect(offOf([...tiers, line(9000)], [])).toEqual([700, 300, 0])
})

test('a yen is the least there is: it is not divided', () => {
  expect(leftOf([line(999)], [percent(15)])).toEqual([849])
  expect(leftOf([line(1)], [percent(50)])).toEqual([0])
})

function line(amountOf: number, given: Partial<DiscountableLine> = {}): DiscountableLine {
  return { amount: amountOf, product: 'prod_other', discountable: true, discounts: [], ...given }
}

function percent(percentOff: number, id = 'di_percent'): DiscountTerms {
  return { id, percentOff, amountOff: null, products: null }
}

function amount(amountOff: number, id = 'di_amount'): DiscountTerms {
  return { id, percentOff: null, amountOff, products: null }
}

function offOf(lines: DiscountableLine[], discounts: DiscountTerms[]): number[] {
  return discountAmounts(lines, discounts).map((off) => off.reduce((sum, each) => sum + each.amount, 0))
}

function leftOf(lines: DiscountableLine[], discounts: DiscountTerms[]): number[] {
  return offOf(lines, discounts).map((off, at) => (lines[at]?.amount ?? 0) - off)
}
