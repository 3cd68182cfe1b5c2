import type Stripe from 'stripe'
import type { z } from 'zod'
import { amountOf } from '../arithmetic/amounts.ts'
import { multiply, roundHalfAway } from '../arithmetic/decimal.ts'
import { redeemAll, type Holder } from '../catalogue/discounts.ts'
import { currency, decimal, taxBehavior } from '../catalogue/fields.ts'
import { createPrice, findActivePrice } from '../catalogue/prices.ts'
import { findProduct } from '../catalogue/products.ts'
import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import { flag, integer, integerBetween, metadata, params, text, timestamp } from '../http/params.ts'
import { mergeMetadata } from '../http/metadata.ts'
import type { Customer, Price } from '../state/state.ts'
import { discounts } from '../subscriptions/subscription-params.ts'
import type { NewLine } from './new-invoice.ts'

/** What says how much an invoice item is, and of what. */
export const itemFields = {
  amount: integer.optional(),
  description: text.optional(),
  discountable: flag.optional(),
  discounts,
  metadata: metadata.optional(),
  period: params<Stripe.InvoiceItemCreateParams.Period>()({ end: timestamp, start: timestamp }).optional(),
  price_data: params<Stripe.InvoiceItemCreateParams.PriceData>()({
    currency,
    product: text,
    tax_behavior: taxBehavior.optional(),
    unit_amount: integerBetween(0, 99_999_999).optional(),
    unit_amount_decimal: decimal({ places: 12 }).optional(),
  }).optional(),
  quantity: integerBetween(0, 999_999_999).optional(),
  unit_amount_decimal: decimal({ places: 12 }).optional(),
}

type Fields = { [Name in keyof typeof itemFields]?: z.infer<(typeof itemFields)[Name]> }

/** What is asked for, wherever the price of it was named. */
export type ItemGiven = Fields & { currency?: string | undefined; price?: string | undefined }

/** What it costs: an amount as it is, or so many units of a price. */
export type Cost = Pick<NewLine, 'amount' | 'currency' | 'price' | 'quantity' | 'unitAmountDecimal'>

/** Reckons what is given; null if nothing of it says a cost. Inline prices come into being by it. */
export function costOf(
  given: ItemGiven,
  { customer, priceParam }: { customer: Customer; priceParam: string },
  ctx: Context,
): Cost | null {
  const { amount, price_data: data, price: named, unit_amount_decimal: rate, quantity = 1 } = given
  const ways = { amount, price_data: data, [priceParam]: named, unit_amount_decimal: rate }
  const [first, second] = Object.entries(ways).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (second !== undefined) {
    throw invalidRequest(`You may only specify one of these parameters: ${first}, ${second}.`, {
      code: 'parameters_exclusive',
      param: second,
    })
  }
  if (amount !== undefined && given.quantity !== undefined) {
    throw invalidRequest('`quantity` cannot be passed with `amount`: pass `unit_amount_decimal` or a price.', {
      param: 'quantity',
    })
  }
  const price = priceOf({ data, named, priceParam }, ctx)
  if (price) {
    return {
      amount: amountOf(price, quantity),
      currency: price.currency,
      price,
      quantity,
      unitAmountDecimal: price.unit_amount_decimal,
    }
  }
  const inCurrency = given.currency ?? customer.currency
  if (amount === undefined && rate === undefined) return null
  if (inCurrency === null)
    throw invalidRequest('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' })
  return {
    amount: amount ?? roundHalfAway(multiply(rate ?? '0', quantity)),
    currency: inCurrency ?? 'usd',
    price: null,
    quantity,
    unitAmountDecimal: rate ?? String(amount),
  }
}

/** What a price costs is in its currency. */
export function refuseOtherCurrency(asked: string | undefined, { currency: own }: Cost, param = 'currency'): void {
  if (asked === undefined || asked === own) return
  throw invalidRequest(`The price is in ${own}, not in ${asked}: leave the currency out, or pass another price.`, {
    param,
  })
}

/** The whole line. Without a name of its own it is called after the product. */
export function newLine(
  given: ItemGiven,
  { cost, subscription, holder }: { cost: Cost; subscription: string | null; holder: Holder },
  ctx: Context,
): NewLine {
  return {
    ...cost,
    description: given.description ?? (cost.price ? findProduct(cost.price.product, ctx).name : ''),
    period: given.period ?? { start: ctx.now, end: ctx.now },
    proration: false,
    subscription,
    subscriptionItem: null,
    invoiceItem: null,
    credits: null,
    discountable: given.discountable ?? cost.amount >= 0,
    discounts: redeemAll(given.discounts ?? [], holder, ctx).map(({ id }) => id),
    metadata: mergeMetadata({}, given.metadata),
  }
}

function priceOf(
  { data, named, priceParam }: { data: ItemGiven['price_data']; named: string | undefined; priceParam: string },
  ctx: Context,
): Price | null {
  // An inline price is for this once: https://docs.stripe.com/products-prices/pricing-models#inline-pricing
  if (data) return createPrice({ ...data, active: false }, ctx)
  if (named === undefined) return null
  const price = findActivePrice(named, ctx, priceParam)
  if (price.type === 'one_time') return price
  throw invalidRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    { param: priceParam },
  )
}
