/** A decimal number as Stripe writes it, such as `0.05`; a number only where it is exact, as whole numbers are. */
export type Decimal = string | number

/** What `Decimal` says, exactly: `digits` divided by ten to the power of `places`. */
interface Exact {
  digits: bigint
  places: number
}

export function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text)
}

/** The shortest way to write it: `5.50` is `5.5`, `-0.0` is `0`. */
export function plain(value: Decimal): string {
  return write(read(value))
}

export function subtract(a: Decimal, b: Decimal): string {
  const [left, right] = aligned(a, b)
  return write({ digits: left.digits - right.digits, places: left.places })
}

export function multiply(a: Decimal, b: Decimal): string {
  const [left, right] = [read(a), read(b)]
  return write({ digits: left.digits * right.digits, places: left.places + right.places })
}

/** Negative if `a` is less than `b`, zero if they are equal. */
export function compare(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b)
  return left.digits < right.digits ? -1 : left.digits > right.digits ? 1 : 0
}

/** To the nearest whole number; a half goes away from zero. */
export function roundHalfAway(value: Decimal): number {
  const { digits, places } = read(value)
  return nearest(digits, 10n ** BigInt(places))
}

/** `value` × `part` / `whole` to the nearest whole number, rounded once; a half goes away from zero. */
export function portion(value: Decimal, { part, whole }: { part: Decimal; whole: Decimal }): number {
  const [above, below] = aligned(multiply(value, part), whole)
  return nearest(above.digits, below.digits)
}

/** How many times `by` goes into `value`, a quantity that is not negative; what is left over counts whole or not at all. */
export function packages(value: Decimal, by: number, round: 'up' | 'down'): number {
  const [above, below] = aligned(value, by)
  const started = above.digits % below.digits > 0n && round === 'up' ? 1n : 0n
  return Number(above.digits / below.digits + started)
}

/**
 * Divides a whole amount in proportion to the weights, so that the shares sum to it exactly: all are rounded down, and
 * what is left goes to those that lost most, the first of equals first. No share exceeds its weight if the sum does not.
 */
export function spread(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (whole === 0n) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight))
  const shares = exact.map((share) => Number(share / whole))
  const left = amount - shares.reduce((sum, share) => sum + share, 0)
  const losers = exact.map((share, index) => ({ index, lost: share % whole })).sort((a, b) => Number(b.lost - a.lost))
  for (const { index } of losers.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares
}

function read(value: Decimal): Exact {
  const text = String(value)
  if (!isDecimal(text)) throw new Error(`not a decimal: ${text}`)
  const [whole = '', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), places: fraction.length }
}

function write({ digits, places }: Exact): string {
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const fraction = text.slice(text.length - places).replace(/0+$/, '')
  return `${digits < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function aligned(a: Decimal, b: Decimal): [Exact, Exact] {
  const [left, right] = [read(a), read(b)]
  const places = Math.max(left.places, right.places)
  return [widened(left, places), widened(right, places)]
}

function widened({ digits, places }: Exact, to: number): Exact {
  return { digits: digits * 10n ** BigInt(to - places), places: to }
}

/** The whole number nearest to above / below; below may be negative too. */
function nearest(above: bigint, below: bigint): number {
  const negative = above < 0n !== below < 0n
  const [top, bottom] = [above < 0n ? -above : above, below < 0n ? -below : below]
  const rounded = Number((2n * top + bottom) / (2n * bottom))
  return negative && rounded !== 0 ? -rounded : rounded
}
