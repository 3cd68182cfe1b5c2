/** Integer minor units, as Stripe has them, and an ISO 4217 code in either case. */
export interface Amount {
  amount: number
  currency: string
}

/** Whole amounts drop their zeros in prices ("$12"); in sums and receipts nothing is dropped ("$12.00"). */
export function formatMoney(money: Amount, locale: string, style: 'price' | 'sum'): string {
  const options: Intl.NumberFormatOptions = { style: 'currency', currency: money.currency.toUpperCase() }
  const digits = new Intl.NumberFormat(locale, options).resolvedOptions().maximumFractionDigits ?? 2
  return new Intl.NumberFormat(locale, {
    ...options,
    trailingZeroDisplay: style === 'price' ? 'stripIfInteger' : 'auto',
  }).format(money.amount / 10 ** digits)
}
