import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, list, metadata, paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Price } from '../state/state.ts'
import { repriced } from '../subscriptions/subscription-object.ts'
import { applyChanges } from '../webhooks/events.ts'
import { currency, taxBehavior } from './fields.ts'
import { termsOf, termsParams } from './price-terms.ts'
import { createProduct, findProduct } from './products.ts'

const path = '/v1/prices'

const createParams = params<Stripe.PriceCreateParams>()({
  ...termsParams,
  active: flag.optional(),
  currency,
  lookup_key: text.max(200).optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  product: text.optional(),
  product_data: params<Stripe.PriceCreateParams.ProductData>()({
    active: flag.optional(),
    id: text.optional(),
    metadata: metadata.optional(),
    name: text,
    statement_descriptor: text.max(22).optional(),
    unit_label: text.optional(),
  }).optional(),
  tax_behavior: taxBehavior.optional(),
  transfer_lookup_key: flag.optional(),
})

const updateParams = params<Stripe.PriceUpdateParams>()({
  active: flag.optional(),
  lookup_key: text.max(200).optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  tax_behavior: taxBehavior.optional(),
  transfer_lookup_key: flag.optional(),
})

const listParams = params<Stripe.PriceListParams>()({
  ...paging,
  created,
  active: flag.optional(),
  currency: text.optional(),
  lookup_keys: list(text).optional(),
  product: text.optional(),
  recurring: params<Stripe.PriceListParams.Recurring>()({
    interval: z.enum(['day', 'week', 'month', 'year']).optional(),
    meter: text.optional(),
    usage_type: z.enum(['licensed', 'metered']).optional(),
  }).optional(),
  type: z.enum(['one_time', 'recurring']).optional(),
})

export const prices: Endpoint[] = [
  collection(['POST', path], createParams, createPrice),

  member(['GET', `${path}/:id`], params<Stripe.PriceRetrieveParams>()({}), (id, _given, ctx) => findPrice(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const price = findPrice(id, ctx)
    const { transfer_lookup_key: transfer = false, ...changes } = given
    checkUpdate(price, given, ctx)
    freeLookupKey(otherHolder(given.lookup_key, { transfer, holder: price }, ctx), ctx)
    return updatePrice(price, { ...changes, metadata: mergeMetadata(price.metadata, given.metadata) }, ctx)
  }),

  collection(['GET', path], listParams, (given, { state }) => {
    const hasFields = where(given, 'active', 'currency', 'product', 'type')
    const recurs = where(given.recurring ?? {}, 'interval', 'meter', 'usage_type')
    const wanted = (price: Price) =>
      hasFields(price) &&
      (given.lookup_keys?.includes(price.lookup_key ?? '') ?? true) &&
      (given.recurring === undefined || (price.recurring !== null && recurs(price.recurring)))
    return paginate(state.prices.matching(wanted), path, given)
  }),
]

export function findPrice(id: string, ctx: Context, param?: string): Price {
  const price = ctx.state.prices.get(id)
  if (!price) throw noSuch('price', id, param)
  return price
}

/** A price that something new may be sold at. */
export function findActivePrice(id: string, ctx: Context, param: string): Price {
  const price = findPrice(id, ctx, param)
  if (!price.active) {
    throw invalidRequest('The price specified is inactive. This field only accepts active prices.', { param })
  }
  if (!findProduct(price.product, ctx).active) {
    throw invalidRequest(`Price \`${id}\` is not available to be purchased because its product is not active.`, {
      param,
    })
  }
  return price
}

export function createPrice(given: z.infer<typeof createParams>, ctx: Context): Price {
  const price = newPrice(given, ctx)
  ctx.emit('price.created', price)
  return price
}

/** The same without telling anybody yet. */
export function newPrice(given: z.infer<typeof createParams>, ctx: Context): Price {
  if (given.product === undefined && given.product_data === undefined) {
    throw invalidRequest('You must specify either `product` or `product_data` when creating a price.')
  }
  if (given.product !== undefined && given.product_data !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', { param: 'product' })
  }
  if (given.product !== undefined) findProduct(given.product, ctx, 'product')
  const terms = termsOf(given, ctx)
  const holder = otherHolder(given.lookup_key, { transfer: given.transfer_lookup_key ?? false }, ctx)
  const product = given.product ?? createProduct(given.product_data ?? { name: '' }, ctx).id
  freeLookupKey(holder, ctx)
  const price: Price = {
    id: newId('price'),
    object: 'price',
    active: given.active ?? true,
    created: ctx.now,
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: mergeMetadata({}, given.metadata),
    nickname: given.nickname ?? null,
    product,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    ...terms,
  }
  ctx.state.prices.set(price.id, price)
  return price
}

function updatePrice(price: Price, changes: { [Key in keyof Price]?: Price[Key] | undefined }, ctx: Context): Price {
  const previous = applyChanges(price, changes)
  if (!previous) return price
  for (const { items } of ctx.state.subscriptions.values()) {
    items.data = items.data.map((item) =>
      item.price.id === price.id ? repriced(item, price, item.quantity ?? 1) : item,
    )
  }
  ctx.emit('price.updated', price, previous)
  return price
}

function checkUpdate(price: Price, given: z.infer<typeof updateParams>, { state }: Context): void {
  if (given.active === false && state.products.get(price.product)?.default_price === price.id) {
    throw invalidRequest('This price cannot be archived because it is the default price of its product.', {
      param: 'active',
    })
  }
  if (given.tax_behavior !== undefined && price.tax_behavior !== 'unspecified') {
    throw invalidRequest('You cannot change `tax_behavior` once it is `inclusive` or `exclusive`.', {
      param: 'tax_behavior',
    })
  }
}

/** A lookup key belongs to one price, which gives it up only when that is asked for. */
function otherHolder(
  key: string | undefined,
  { transfer, holder }: { transfer: boolean; holder?: Price },
  { state }: Context,
): Price | undefined {
  if (key === undefined) return undefined
  const other = [...state.prices.values()].find((price) => price.lookup_key === key)
  if (!other || other === holder) return undefined
  if (transfer) return other
  throw invalidRequest(`A price (\`${other.id}\`) already uses that lookup key.`, { param: 'lookup_key' })
}

function freeLookupKey(holder: Price | undefined, ctx: Context): void {
  if (holder) updatePrice(holder, { lookup_key: null }, ctx)
}
