import { portion, spread } from './decimal.ts'

export interface DiscountableLine {
  /** Minor units. Nothing is taken off a credit. */
  amount: number
  product: string | null
  discountable: boolean
  /** The discounts of this line alone, in their order; lines of one item have them in common. */
  discounts: readonly DiscountTerms[]
}

/** What a discount takes off: a share or an amount, of some products or (null) of all. */
export interface DiscountTerms {
  id: string
  percentOff: number | null
  /** Minor units. */
  amountOff: number | null
  products: readonly string[] | null
}

export interface DiscountAmount {
  amount: number
  discount: string
}

/**
 * What is taken off each line. The lines' own discounts come before those of the whole, each kind in its order; each
 * discount works on what the earlier ones have left, and nothing falls below zero. What comes off several lines is
 * reckoned once, on their sum, and spread over them.
 */
export function discountAmounts(
  lines: readonly DiscountableLine[],
  discounts: readonly DiscountTerms[],
): DiscountAmount[][] {
  const left = lines.map(({ amount, discountable }) => (discountable ? Math.max(0, amount) : 0))
  const taken = lines.map((): DiscountAmount[] => [])

  function take(terms: DiscountTerms, isMeant: (line: DiscountableLine) => boolean): void {
    const weights = lines.map((line, at) => (isMeant(line) && appliesTo(terms, line) ? (left[at] ?? 0) : 0))
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    for (const [at, amount] of spread(reduction(terms, whole), weights).entries()) {
      if (weights[at] === 0) continue
      left[at] = (left[at] ?? 0) - amount
      taken[at]?.push({ amount, discount: terms.id })
    }
  }

  const own = new Map(lines.flatMap((line) => line.discounts.map((terms) => [terms.id, terms])))
  for (const terms of own.values()) take(terms, (line) => line.discounts.some(({ id }) => id === terms.id))
  for (const terms of discounts) take(terms, () => true)
  return taken
}

function appliesTo({ products }: DiscountTerms, { product }: DiscountableLine): boolean {
  return products === null || (product !== null && products.includes(product))
}

function reduction({ percentOff, amountOff }: DiscountTerms, whole: number): number {
  if (percentOff !== null) return portion(whole, { part: percentOff, whole: 100 })
  return Math.min(amountOff ?? 0, whole)
}
