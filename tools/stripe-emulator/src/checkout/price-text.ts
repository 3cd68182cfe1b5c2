import { formatRate } from '../arithmetic/money.ts'
import { perPeriod, renewal } from '../pages/wording.ts'
import type { Price, Product } from '../state/state.ts'
import { isMetered } from './line-items.ts'

type Tier = NonNullable<Price['tiers']>[number]

/** What one costs, and how often: `$12.00 per month`, `$0.005 per call, billed monthly by usage`, `$49.00 once`. */
export function rateOf(price: Price, product: Product | undefined): string {
  const metered = isMetered(price)
  const noun = product?.unit_label ?? (metered ? 'unit' : null)
  const times = metered ? `, billed ${adverb(price)} by usage` : price.recurring ? ` ${perPeriod(price)}` : ' once'
  if (price.billing_scheme === 'tiered')
    return metered ? `Billed ${adverb(price)} by usage` : `Billed ${adverb(price)} by quantity`
  const rate = formatRate(price.unit_amount_decimal ?? '0', price.currency)
  const packages = price.transform_quantity
  if (packages) return `${rate} per ${packages.divide_by} ${plural(noun ?? 'unit')}${times}`
  return `${rate}${noun === null ? '' : ` per ${noun}`}${times}`
}

/** Tier by tier, such as `1 to 5: $7.00 each`. */
export function tiersOf({ tiers, currency }: Price): string[] {
  const rows = tiers ?? []
  return rows.map((tier, index) => `${rangeOf(tier, rows[index - 1])}: ${costOf(tier, currency)}`)
}

function adverb(price: Price): string {
  const names = { day: 'daily', week: 'weekly', month: 'monthly', year: 'yearly' }
  return price.recurring?.interval_count === 1 ? names[price.recurring.interval] : renewal(price)
}

function rangeOf({ up_to: upTo }: Tier, before: Tier | undefined): string {
  const from = (before?.up_to ?? 0) + 1
  if (upTo === null) return before ? `${from} and more` : 'Any number'
  return from === upTo ? String(from) : `${from} to ${upTo}`
}

function costOf({ unit_amount_decimal: each, flat_amount_decimal: flat }: Tier, currency: string): string {
  const parts = [
    each !== null && `${formatRate(each, currency)} each`,
    flat !== null && `${formatRate(flat, currency)} flat`,
  ]
  return parts.filter(Boolean).join(' and ')
}

function plural(noun: string): string {
  return noun.endsWith('s') ? noun : `${noun}s`
}
