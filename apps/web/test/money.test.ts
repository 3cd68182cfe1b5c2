import { money } from '@lightpress/billing-contract/money'
import { expect, it } from 'vitest'
import { formatMoney } from '../src/ui/format-money.ts'

it('writes minor units in the currency and the manner of the reader', () => {
  expect(formatMoney(money(3600, 'usd'), 'en-US', 'sum')).toBe('$36.00')
  expect(formatMoney(money(123456, 'eur'), 'de-DE', 'sum')).toBe('1.234,56\u00a0€')
})

it('drops the zeros of a whole price, and of nothing else', () => {
  expect(formatMoney(money(1200, 'usd'), 'en-US', 'price')).toBe('$12')
  expect(formatMoney(money(1250, 'usd'), 'en-US', 'price')).toBe('$12.50')
})

it('knows currencies without minor units and with three digits of them', () => {
  expect(formatMoney(money(500, 'jpy'), 'en-US', 'sum')).toBe('¥500')
  expect(formatMoney(money(1234, 'kwd'), 'en-US', 'sum')).toBe('KWD\u00a01.234')
})
