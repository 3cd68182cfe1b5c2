import { type Money, toDecimal } from '@lightpress/billing-contract/money'

/** Whole amounts drop their zeros in prices ("$12"); in sums and receipts nothing is dropped ("$12.00"). */
export function formatMoney(money: Money, locale: string, style: 'price' | 'sum'): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency.toUpperCase(),
    trailingZeroDisplay: style === 'price' ? 'stripIfInteger' : 'auto',
    // As text: a number of cents is exact, a fraction of a dollar is not.
  }).format(toDecimal(money))
}
