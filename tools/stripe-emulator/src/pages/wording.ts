import { formatRate } from '../arithmetic/money.ts'
import type { PaymentMethod, Price } from '../state/state.ts'
import { html, type Html } from './html.ts'

/** The last second of the year 9999, after which a date has no common form. */
const lastMoment = 253_402_300_799

const brands: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
}

/** `$12.00 per month`, `$0.002 per month`, `$5.00 for every 1000 per month`, `graduated tiers per month`, `$99.00`. */
export function unitPrice(price: Price): string {
  return [unitAmount(price), perPeriod(price)].filter(Boolean).join(' ')
}

/** `per month`, `every 3 months`. */
export function perPeriod(price: Price): string {
  return price.recurring?.interval_count === 1 ? `per ${price.recurring.interval}` : renewal(price)
}

/** `every month`, `every 3 months`. */
export function renewal({ recurring }: Price): string {
  if (!recurring) return ''
  const { interval, interval_count: count } = recurring
  return count === 1 ? `every ${interval}` : `every ${count} ${interval}s`
}

/** `Visa ending in 4242`. */
export function cardName({ card, type }: PaymentMethod): string {
  return card ? `${brands[card.brand] ?? card.brand} ending in ${card.last4}` : type
}

export function date(seconds: number): Html {
  return time(seconds, { dateStyle: 'medium' })
}

export function dateAndTime(seconds: number): Html {
  return time(seconds, { dateStyle: 'medium', timeStyle: 'medium' })
}

function unitAmount({ billing_scheme: scheme, transform_quantity: pack, ...price }: Price): string {
  if (scheme === 'tiered') return `${price.tiers_mode ?? ''} tiers`.trim()
  const amount = formatRate(price.unit_amount_decimal ?? '0', price.currency)
  return pack ? `${amount} for every ${pack.divide_by}` : amount
}

/** A moment that no calendar knows must not take the whole page with it. */
function time(seconds: number, style: Intl.DateTimeFormatOptions): Html {
  if (!(Math.abs(seconds) <= lastMoment)) return html`<span class="muted">unknown (${seconds})</span>`
  const moment = new Date(seconds * 1000)
  const shown = new Intl.DateTimeFormat('en-GB', { ...style, timeZone: 'UTC' }).format(moment)
  return html`<time datetime="${moment.toISOString()}" title="${moment.toISOString()}">${shown}</time>`
}
