declare const minorUnit: unique symbol

/**
 * A whole number of the smallest unit of a currency, as Stripe counts it (docs.stripe.com/currencies): cents of `usd`,
 * yen of `jpy`. The brand keeps fractions out: `amount * 0.8` is a number, and a number is no `MinorUnits`. What may be
 * done with money is done by the functions of this file, and the linter knows no others.
 */
export type MinorUnits = number & { readonly [minorUnit]: true }

export interface Money {
  amount: MinorUnits
  /** ISO 4217, in lower case, as Stripe has it. */
  currency: string
}

/** Throws on what is no whole number, or too great to be one exactly. */
export function minorUnits(value: number): MinorUnits {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number of minor units`)
  // No -0: it is no other amount, but is told apart by whoever compares.
  return (value === 0 ? 0 : value) as MinorUnits
}

export function money(amount: number, currency: string): Money {
  return { amount: minorUnits(amount), currency }
}

/** Throws on two currencies: there is no sum of them. */
export function plus(a: Money, b: Money): Money {
  return money(a.amount + sameCurrency(a, b).amount, a.currency)
}

export function minus(a: Money, b: Money): Money {
  return money(a.amount - sameCurrency(a, b).amount, a.currency)
}

/** `count` is a whole number: of seats, of units. */
export function times({ amount, currency }: Money, count: number): Money {
  if (!Number.isSafeInteger(count)) throw new TypeError(`${count} is not a whole number`)
  return money(amount * count, currency)
}

/** Below zero, zero or above, as a comparator wants it. */
export function compare(a: Money, b: Money): number {
  return a.amount - sameCurrency(a, b).amount
}

/** How much less `part` is than `whole`, in whole percent, rounded down: never more is promised than is given. */
export function percentLess(part: Money, whole: Money): number {
  if (whole.amount <= 0) return 0
  const [less, all] = [BigInt(whole.amount) - BigInt(sameCurrency(whole, part).amount), BigInt(whole.amount)]
  return Math.max(0, Number((less * 100n) / all))
}

/** Currencies whose smallest unit is the unit itself, and those that have a thousand (docs.stripe.com/currencies). */
const zeroDecimal = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ')
const threeDecimal = 'bhd jod kwd omr tnd'.split(' ')

/** Digits behind the point: 2 for `usd`, 0 for `jpy`, 3 for `kwd`. Stripe's own, which for `isk` and `ugx` are not ISO's. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (zeroDecimal.includes(currency)) return 0
  return threeDecimal.includes(currency) ? 3 : 2
}

/** Exactly, as text that `Intl.NumberFormat` takes: `12.30`, `-0.05`, `500`. */
export function toDecimal({ amount, currency }: Money): `${number}` {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const [whole, part] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)]
  return `${amount < 0 ? '-' : ''}${whole}${part && `.${part}`}` as `${number}`
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`${a.currency} and ${b.currency} are two currencies`)
  return b
}
