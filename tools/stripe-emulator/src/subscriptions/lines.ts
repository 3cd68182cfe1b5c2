import { amountOf, piecesOf, type Piece } from '../arithmetic/amounts.ts'
import { periodAt, type Period } from '../arithmetic/billing-period.ts'
import { formatRate } from '../arithmetic/money.ts'
import { shareOf } from '../arithmetic/proration.ts'
import type { Context } from '../context.ts'
import type { NewLine } from '../invoices/new-invoice.ts'
import { usageOf } from '../meters/usage.ts'
import type { Price, State, Subscription, SubscriptionItem } from '../state/state.ts'
import { isMetered, recurringOf } from './subscription-object.ts'

/** What a line tells of an item, which may be gone when the line is made. */
type Billed = Pick<SubscriptionItem, 'discounts' | 'id' | 'price'>

/** What a licensed item costs for the period that begins; less where the period is cut short at one of its ends. */
export function advanceLines(subscription: Subscription, item: SubscriptionItem, ctx: Context): NewLine[] {
  const period = { start: item.current_period_start, end: item.current_period_end }
  if (isMetered(item.price)) return []
  const whole = periodAt(subscription.billing_cycle_anchor, recurringOf(item.price), period.start)
  const { price, quantity = 1 } = item
  if (period.start === whole.start && period.end === whole.end) {
    return piecesOf(price, quantity).map((piece) => pieceLine(subscription, item, { piece, period }, ctx))
  }
  const amount = shareOf(amountOf(price, quantity), period, whole)
  return [
    {
      ...plainLine(subscription, item, period),
      amount,
      description: `Time on ${times(quantity, nameOf(price, ctx.state))} from ${date(period.start)} until ${date(period.end)}`,
      quantity,
      proration: true,
    },
  ]
}

/** A trial costs nothing, and the invoice says so. Usage in it is free and stands on no invoice. */
export function trialLines(subscription: Subscription, item: SubscriptionItem, ctx: Context): NewLine[] {
  if (isMetered(item.price)) return []
  return [
    {
      ...plainLine(subscription, item, { start: item.current_period_start, end: item.current_period_end }),
      amount: 0,
      description: `Trial period for ${nameOf(item.price, ctx.state)}`,
      quantity: item.quantity ?? 1,
      unitAmountDecimal: '0',
    },
  ]
}

/** What a metered item has used in the period. */
export function usageLines(subscription: Subscription, item: Billed, period: Period, ctx: Context): NewLine[] {
  const meter = recurringOf(item.price).meter
  if (!isMetered(item.price) || meter === null || period.end <= period.start) return []
  const used = usageOf({ meter, customer: subscription.customer, from: period.start, to: period.end }, ctx.state)
  return piecesOf(item.price, used).map((piece) => pieceLine(subscription, item, { piece, period }, ctx))
}

/** A price that is charged once, beside the items. */
export function oneTimeLine(
  subscription: Subscription,
  { price, quantity }: { price: Price; quantity: number },
  ctx: Context,
): NewLine {
  return {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: nameOf(price, ctx.state),
    quantity,
    price,
    unitAmountDecimal: price.unit_amount_decimal,
    period: { start: ctx.now, end: ctx.now },
    proration: false,
    subscription: subscription.id,
    subscriptionItem: null,
    invoiceItem: null,
    credits: null,
    discountable: true,
    discounts: [],
    metadata: {},
  }
}

/** A line of an item that says nothing yet of what it charges. */
export function plainLine(subscription: Subscription, item: Billed, period: Period): NewLine {
  return {
    amount: 0,
    currency: item.price.currency,
    description: '',
    quantity: null,
    price: item.price,
    unitAmountDecimal: null,
    period,
    proration: false,
    subscription: subscription.id,
    subscriptionItem: item.id,
    invoiceItem: null,
    credits: null,
    discountable: true,
    discounts: item.discounts,
    metadata: subscription.metadata,
  }
}

/** `2 × Pro`, or `Pro` alone for one. */
export function times(quantity: number | null, name: string): string {
  return quantity === null || quantity === 1 ? name : `${quantity} × ${name}`
}

export function nameOf({ product }: Price, { products }: State): string {
  return products.get(product)?.name ?? product
}

/** `15 Mar 2026`, in UTC. */
export function date(seconds: number): string {
  const options = { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat('en-GB', options).format(seconds * 1000)
}

function pieceLine(
  subscription: Subscription,
  item: Billed,
  { piece, period }: { piece: Piece; period: Period },
  ctx: Context,
): NewLine {
  return {
    ...plainLine(subscription, item, period),
    amount: piece.amount,
    description: `${counted(piece, item.price, ctx.state)} (${[piece.label, rate(piece, item.price, ctx.state)].filter(Boolean).join(' ')})`,
    quantity: piece.quantity,
    unitAmountDecimal: piece.unitAmountDecimal,
  }
}

/** `2 × Pro`, `1000 credit × Usage`, and for the flat amount of a tier `Usage`. */
function counted({ quantity, isFlat }: Piece, price: Price, state: State): string {
  const name = nameOf(price, state)
  const label = state.products.get(price.product)?.unit_label
  return isFlat ? name : `${quantity}${label ? ` ${label}` : ''} × ${name}`
}

/** `at $12.00 / month`, `at $0.08 per 60 units / month`. */
function rate({ unitAmountDecimal: each }: Piece, price: Price, state: State): string {
  const { interval, interval_count: count } = recurringOf(price)
  const { transform_quantity: packages } = price
  const label = state.products.get(price.product)?.unit_label ?? 'units'
  const many = packages ? ` per ${packages.divide_by} ${label}` : ''
  const every = count === 1 ? `/ ${interval}` : `every ${count} ${interval}s`
  return `at ${formatRate(each, price.currency)}${many} ${every}`
}
