/** https://docs.stripe.com/currencies#zero-decimal and #three-decimal: not always what ISO 4217 says. */
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))

/** `1900, 'usd'` is `$19.00`. */
export function formatMoney(amount: number, currency: string): string {
  const digits = digitsOf(currency)
  return format(amount / 10 ** digits, currency, { least: digits, most: digits })
}

/** A price for one, a decimal in minor units, in full: `0.5, 'usd'` is `$0.005`. */
export function formatRate(amount: string, currency: string): string {
  const digits = digitsOf(currency)
  return format(Number(amount) / 10 ** digits, currency, { least: digits, most: digits + 12 })
}

/** One for each currency and precision: a format takes long to make. */
const formats = new Map<string, Intl.NumberFormat>()

function format(amount: number, currency: string, { least, most }: { least: number; most: number }): string {
  const key = `${currency} ${most}`
  const known = formats.get(key)
  if (known) return known.format(amount)
  const made = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  })
  formats.set(key, made)
  return made.format(amount)
}

function digitsOf(currency: string): number {
  return zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2
}
