import { formatRate } from '../arithmetic/money.ts'
import { html, type Html } from '../pages/html.ts'
import { every } from '../pages/layout.ts'
import type { Price, State } from '../state/state.ts'

/** `$12.00 per month`, `tiered, per month`, `$0.002 per month`. */
export function priceText(price: Price): string {
  return [amountText(price), price.recurring && every(price)].filter(Boolean).join(' ')
}

export function productName(price: Price, { products }: State): Html {
  return html`<a href="/objects/${price.product}">${products.get(price.product)?.name ?? price.product}</a>`
}

function amountText({ billing_scheme: scheme, currency, transform_quantity: pack, ...price }: Price): string {
  if (scheme === 'tiered') return `${price.tiers_mode ?? ''} tiers`.trim()
  const unit = formatRate(price.unit_amount_decimal ?? '0', currency)
  return pack ? `${unit} for every ${pack.divide_by}` : unit
}
