import { amountOf } from '../arithmetic/amounts.ts'
import { createPrice, findActivePrice } from '../catalogue/prices.ts'
import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId } from '../ids.ts'
import type { CheckoutSession, LineItem, Price } from '../state/state.ts'
import type { GivenLineItem, NewLineItem } from './checkout-params.ts'

type AdjustableQuantity = LineItem['adjustable_quantity']

/** https://docs.stripe.com/payments/checkout/adjustable-quantity */
const defaultMaximum = 99

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const mostOfAKind = 20

export function createLineItems(
  given: readonly NewLineItem[],
  { mode, currency }: Pick<CheckoutSession, 'mode' | 'currency'>,
  ctx: Context,
): LineItem[] {
  const items = given.map((item, at) => createLineItem(item, `line_items[${at}]`, ctx))
  checkTogether(items, { mode, currency })
  return items
}

/**
 * What the line items become: those that are named by their id stay, changed as given, the others go.
 * https://docs.stripe.com/api/checkout/sessions/update#update_checkout_session-line_items
 */
export function changeLineItems(
  current: readonly LineItem[],
  given: readonly GivenLineItem[],
  session: CheckoutSession,
  ctx: Context,
): LineItem[] {
  const items = given.map((change, at) => {
    const param = `line_items[${at}]`
    if (change.id === undefined) return createLineItem(change, param, ctx)
    const item = current.find(({ id }) => id === change.id)
    if (!item) throw noSuch('line item', change.id, `${param}[id]`)
    return changeLineItem(item, change, param, ctx)
  })
  checkTogether(items, session)
  return items
}

/** The least and the most that the person may choose; null where the quantity stays as it is. */
export function quantityLimits(item: LineItem, items: readonly LineItem[]): { least: number; most: number } | null {
  const { adjustable_quantity: adjustable } = item
  if (!adjustable?.enabled) return null
  // Checkout prevents the customer from removing an item if it is the only item remaining.
  const least = items.length === 1 ? 1 : 0
  return { least: Math.max(least, adjustable.minimum ?? 0), most: adjustable.maximum ?? defaultMaximum }
}

/** The item without what is taken off it, which the session's discounts decide. */
function withQuantity(item: LineItem, quantity: number | null): LineItem {
  const amount = item.price && quantity !== null ? amountOf(item.price, quantity) : 0
  return { ...item, quantity, amount_discount: 0, amount_subtotal: amount, amount_total: amount }
}

export function priceOf({ id, price }: LineItem): Price {
  if (!price) throw new Error(`line item ${id} has no price`)
  return price
}

function createLineItem(given: NewLineItem, param: string, ctx: Context): LineItem {
  const price = priceFor(given, param, ctx)
  checkQuantity(price, given.quantity ?? null, param)
  const item: LineItem = {
    id: newId('li'),
    object: 'item',
    adjustable_quantity: adjustable(given, price, param),
    amount_discount: 0,
    amount_subtotal: 0,
    amount_tax: 0,
    amount_total: 0,
    currency: price.currency,
    description: ctx.state.products.get(price.product)?.name ?? null,
    metadata: mergeMetadata({}, given.metadata),
    price: structuredClone(price),
    quantity: null,
  }
  return withQuantity(item, given.quantity ?? null)
}

function changeLineItem(item: LineItem, change: GivenLineItem, param: string, ctx: Context): LineItem {
  const repriced = change.price !== undefined || change.price_data !== undefined
  const price = repriced ? priceFor(change, param, ctx) : priceOf(item)
  const quantity = change.quantity ?? item.quantity
  checkQuantity(price, quantity, param)
  const changed: LineItem = {
    ...item,
    adjustable_quantity: change.adjustable_quantity
      ? adjustable({ ...change, quantity: quantity ?? undefined }, price, param)
      : item.adjustable_quantity,
    currency: price.currency,
    description: ctx.state.products.get(price.product)?.name ?? null,
    metadata: mergeMetadata(item.metadata ?? {}, change.metadata),
    price: structuredClone(price),
  }
  return withQuantity(changed, quantity)
}

function priceFor({ price: id, price_data: data }: NewLineItem, param: string, ctx: Context): Price {
  if (id !== undefined && data !== undefined) {
    throw invalidRequest(`You may only specify one of these parameters: price, price_data.`, {
      param: `${param}[price]`,
    })
  }
  // https://docs.stripe.com/products-prices/how-products-and-prices-work#inline-pricing: good for this purchase only.
  if (data) return createPrice({ ...data, active: false }, ctx)
  if (id === undefined) throw invalidRequest('You must pass one of price or price_data.', { param: `${param}[price]` })
  return findActivePrice(id, ctx, `${param}[price]`)
}

function checkQuantity(price: Price, quantity: number | null, param: string): void {
  if (isMetered(price)) {
    if (quantity === null) return
    throw invalidRequest(
      `Quantity should not be specified where usage_type is \`metered\`. Remove quantity from \`${param}\``,
      { param: `${param}[quantity]` },
    )
  }
  // https://github.com/stripe/stripe-java/issues/1584
  if (quantity === null) {
    throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${param}\``, { param: `${param}[quantity]` })
  }
  if (quantity === 0) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: `${param}[quantity]`,
    })
  }
}

function adjustable(
  { adjustable_quantity: given, quantity = 0 }: NewLineItem,
  price: Price,
  param: string,
): AdjustableQuantity {
  if (!given?.enabled) return null
  const name = `${param}[adjustable_quantity]`
  if (isMetered(price)) {
    throw invalidRequest('You cannot make the quantity of a metered price adjustable.', { param: name })
  }
  const { minimum = 0, maximum = Math.max(defaultMaximum, minimum) } = given
  if (minimum > maximum || quantity < minimum || quantity > maximum) {
    throw invalidRequest(
      `The quantity (${quantity}) must be between the adjustable minimum (${minimum}) and maximum (${maximum}).`,
      { param: quantity < minimum ? `${name}[minimum]` : `${name}[maximum]` },
    )
  }
  return { enabled: true, maximum, minimum }
}

function checkTogether(
  items: readonly LineItem[],
  { mode, currency }: Pick<CheckoutSession, 'mode' | 'currency'>,
): void {
  const prices = items.map(priceOf)
  const expected = currency ?? prices[0]?.currency
  for (const [at, price] of prices.entries()) {
    if (price.currency !== expected) {
      throw invalidRequest(
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${expected}\`.`,
        { param: `line_items[${at}][price]` },
      )
    }
    if (mode === 'payment' && price.recurring) {
      throw invalidRequest(
        'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
        { param: `line_items[${at}]` },
      )
    }
  }
  if (mode === 'subscription') checkRecurring(prices)
}

function checkRecurring(prices: readonly Price[]): void {
  const recurring = prices.filter((price) => price.recurring)
  if (recurring.length === 0) {
    throw invalidRequest('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    })
  }
  if (recurring.length > mostOfAKind || prices.length - recurring.length > mostOfAKind) {
    throw invalidRequest(
      `A Checkout Session takes at most ${mostOfAKind} recurring and ${mostOfAKind} one-time line items.`,
      { param: 'line_items' },
    )
  }
  const intervals = new Set(recurring.map((price) => `${price.recurring?.interval_count} ${price.recurring?.interval}`))
  if (intervals.size > 1) {
    throw invalidRequest('Checkout does not support multiple prices with different billing intervals.', {
      param: 'line_items',
    })
  }
}

export function isMetered({ recurring }: Price): boolean {
  return recurring?.usage_type === 'metered'
}
