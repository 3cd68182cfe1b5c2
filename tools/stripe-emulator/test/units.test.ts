import { expect, test } from 'vitest'
import { periodEnd } from '../src/arithmetic/billing-period.ts'
import { decodeForm } from '../src/http/form.ts'
import { formatMoney } from '../src/arithmetic/money.ts'
import { isCardNumber } from '../src/payments/test-cards.ts'

const at = (text: string) => Date.parse(`${text}T10:00:00Z`) / 1000
const monthly = { interval: 'month', interval_count: 1 } as const

test.each([
  ['2026-01-31', '2026-01-31', monthly, '2026-02-28'],
  ['2026-01-31', '2026-02-28', monthly, '2026-03-31'],
  ['2028-01-31', '2028-01-31', monthly, '2028-02-29'],
  ['2026-11-15', '2026-12-15', monthly, '2027-01-15'],
  ['2028-02-29', '2028-02-29', { interval: 'year', interval_count: 1 }, '2029-02-28'],
  ['2026-01-31', '2026-01-31', { interval: 'month', interval_count: 3 }, '2026-04-30'],
  ['2026-12-30', '2026-12-30', { interval: 'week', interval_count: 2 }, '2027-01-13'],
  ['2026-02-28', '2026-02-28', { interval: 'day', interval_count: 1 }, '2026-03-01'],
] as const)('from %s, the period that holds %s (%j) ends on %s', (anchor, moment, recurring, end) => {
  expect(periodEnd(at(anchor), recurring, at(moment))).toBe(at(end))
})

test('the bracket syntax becomes nested parts', () => {
  const plain = (text: string) => JSON.parse(JSON.stringify(decodeForm(text))) as unknown
  expect(plain('a=1&b[c]=2&b[d][0][e]=3&b[d][1][e]=4')).toEqual({
    a: '1',
    b: { c: '2', d: { 0: { e: '3' }, 1: { e: '4' } } },
  })
  expect(plain('list[]=x&list[]=y')).toEqual({ list: { 0: 'x', 1: 'y' } })
  expect(plain('metadata%5Ba%20b%5D=c+d%26e&empty=&novalue')).toEqual({
    metadata: { 'a b': 'c d&e' },
    empty: '',
    novalue: '',
  })
  expect(plain('equation=a=b')).toEqual({ equation: 'a=b' })
  expect(plain('')).toEqual({})
})

test.each([
  ['a=1&a=2', 'Parameter given twice: a'],
  ['items[0][price]=a&items[0][price]=b', 'Parameter given twice: items[0][price]'],
  ['list[0]=a&list[0]=b', 'Parameter given twice: list[0]'],
  ['metadata=&metadata[a]=1', 'Parameter given both as a value and in parts: metadata'],
  ['metadata[a]=1&metadata=', 'Parameter given both as a value and in parts: metadata'],
  ['metadata[__proto__]=1', 'Invalid parameter name: metadata[__proto__]'],
])('of %s nothing is passed over', (form, message) => {
  expect(() => decodeForm(form)).toThrow(message)
})

test('money is shown in the minor units of its currency', () => {
  expect(formatMoney(1900, 'usd')).toBe('$19.00')
  expect(formatMoney(1900, 'jpy')).toBe('¥1,900')
  expect(formatMoney(1900, 'kwd')).toMatch(/KWD\s1\.900/)
})

test('a card number has the right length and check digit', () => {
  expect(['4242424242424242', '378282246310005'].every(isCardNumber)).toBe(true)
  expect(['4242424242424241', '4242', '', 'abcdabcdabcdabcd'].some(isCardNumber)).toBe(false)
})
