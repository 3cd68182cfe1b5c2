import type { Price } from '../state/state.ts'
import { compare, multiply, packages, roundHalfAway, subtract, type Decimal } from './decimal.ts'

/** One part of what a price costs, which becomes one line of an invoice. */
export interface Piece {
  /** Minor units. */
  amount: number
  /** None for the flat amount of a tier. */
  quantity: number
  /** Minor units for one, or for one package; or the flat amount. */
  unitAmountDecimal: string
  isFlat: boolean
  /** What it is called beside the product's name, such as `Tier 2`; null where there is nothing to tell apart. */
  label: string | null
}

type Tier = NonNullable<Price['tiers']>[number]
type Priced = Pick<Price, 'billing_scheme' | 'tiers' | 'tiers_mode' | 'transform_quantity' | 'unit_amount_decimal'>

/** What so many units cost. Each piece is rounded by itself, as Stripe rounds the lines of an invoice. */
export function piecesOf(price: Priced, quantity: Decimal): Piece[] {
  if (price.billing_scheme === 'per_unit') return [perUnit(price, quantity)]
  return price.tiers_mode === 'volume' ? volume(price.tiers ?? [], quantity) : graduated(price.tiers ?? [], quantity)
}

/** Minor units. */
export function amountOf(price: Priced, quantity: Decimal): number {
  return piecesOf(price, quantity).reduce((sum, { amount }) => sum + amount, 0)
}

/** Packages are counted for the price, but the line tells of the units. */
function perUnit({ transform_quantity: transform, unit_amount_decimal: rate }: Priced, quantity: Decimal): Piece {
  const counted = transform ? packages(quantity, transform.divide_by, transform.round) : quantity
  return { ...unitsOf(rate ?? '0', counted), quantity: Number(quantity) }
}

/** The units fill one tier after the other, each at its own rate. The first tier is reached by none at all. */
function graduated(tiers: readonly Tier[], quantity: Decimal): Piece[] {
  return tiers.flatMap((tier, index) => {
    const below = tiers[index - 1]?.up_to ?? 0
    if (index > 0 && compare(quantity, below) <= 0) return []
    const top = tier.up_to === null || compare(quantity, tier.up_to) < 0 ? quantity : tier.up_to
    return tierPieces(tier, subtract(top, below), `Tier ${index + 1}`)
  })
}

/** The tier that the quantity falls into holds for every unit. */
function volume(tiers: readonly Tier[], quantity: Decimal): Piece[] {
  const index = tiers.findIndex(({ up_to: upTo }) => upTo === null || compare(quantity, upTo) <= 0)
  const tier = tiers[index]
  return tier ? tierPieces(tier, quantity, `Tier ${index + 1}`) : []
}

/** Its units, and by itself its flat amount, even if that is none: as the invoices in gitpod-io/gitpod's tests read. */
function tierPieces(tier: Tier, quantity: Decimal, label: string): Piece[] {
  const { unit_amount_decimal: rate, flat_amount_decimal: flat } = tier
  const units = { ...unitsOf(rate ?? '0', quantity), label }
  return flat === null ? [units] : [units, { ...unitsOf(flat, 1), quantity: 0, isFlat: true, label }]
}

function unitsOf(rate: string, quantity: Decimal): Piece {
  return {
    amount: roundHalfAway(multiply(rate, quantity)),
    quantity: Number(quantity),
    unitAmountDecimal: rate,
    isFlat: false,
    label: null,
  }
}
