import { expect, it } from 'vitest'
import { formatMoney } from '../src/ui/format-money.ts'

it('writes minor units in the currency and the manner of the reader', () => {
  expect(formatMoney({ amount: 3600, currency: 'usd' }, 'en-US', 'sum')).toBe('$36.00')
  expect(formatMoney({ amount: 123456, currency: 'eur' }, 'de-DE', 'sum')).toBe('1.234,56\u00a0€')
})

it('drops the zeros of a whole price, and of nothing else', () => {
  expect(formatMoney({ amount: 1200, currency: 'usd' }, 'en-US', 'price')).toBe('$12')
  expect(formatMoney({ amount: 1250, currency: 'usd' }, 'en-US', 'price')).toBe('$12.50')
})

it('knows currencies without minor units and with three digits of them', () => {
  expect(formatMoney({ amount: 500, currency: 'jpy' }, 'en-US', 'sum')).toBe('¥500')
  expect(formatMoney({ amount: 1234, currency: 'kwd' }, 'en-US', 'sum')).toBe('KWD\u00a01.234')
})
