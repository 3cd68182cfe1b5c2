import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, integer, list, metadata, paging, params, text, unsettable, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Product } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { currency, decimal, taxBehavior } from './fields.ts'
import { termsOf, termsParams } from './price-terms.ts'
import { newPrice } from './prices.ts'

const path = '/v1/products'

const size = decimal({ places: 2 }).transform(Number)

const fields = {
  active: flag.optional(),
  description: unsettable(text).optional(),
  images: unsettable(list(webUrl)).optional(),
  marketing_features: unsettable(list(params<Stripe.Product.MarketingFeature>()({ name: text }))).optional(),
  metadata: metadata.optional(),
  package_dimensions: unsettable(
    params<Stripe.Product.PackageDimensions>()({ height: size, length: size, weight: size, width: size }),
  ).optional(),
  shippable: flag.optional(),
  statement_descriptor: text.max(22).optional(),
  unit_label: unsettable(text).optional(),
  url: unsettable(webUrl).optional(),
}

const createParams = params<Stripe.ProductCreateParams>()({
  ...fields,
  default_price_data: params<Stripe.ProductCreateParams.DefaultPriceData>()({
    currency,
    metadata: metadata.optional(),
    recurring: params<Stripe.ProductCreateParams.DefaultPriceData.Recurring>()({
      interval: z.enum(['day', 'week', 'month', 'year']),
      interval_count: integer.optional(),
    }).optional(),
    tax_behavior: taxBehavior.optional(),
    unit_amount: termsParams.unit_amount,
    unit_amount_decimal: termsParams.unit_amount_decimal,
  }).optional(),
  id: text.optional(),
  name: text,
  type: z.enum(['good', 'service']).optional(),
})

const updateParams = params<Stripe.ProductUpdateParams>()({
  ...fields,
  default_price: text.optional(),
  name: text.optional(),
})

const listParams = params<Stripe.ProductListParams>()({
  ...paging,
  created,
  active: flag.optional(),
  ids: list(text).optional(),
  shippable: flag.optional(),
  type: z.enum(['good', 'service']).optional(),
  url: text.optional(),
})

export const products: Endpoint[] = [
  collection(['POST', path], createParams, createProduct),

  member(['GET', `${path}/:id`], params<Stripe.ProductRetrieveParams>()({}), (id, _given, ctx) => findProduct(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const product = findProduct(id, ctx)
    const { default_price: price } = given
    if (price !== undefined && ctx.state.prices.get(price)?.product !== id) {
      throw noSuch('price', price, 'default_price')
    }
    return updateProduct(
      product,
      {
        ...given,
        images: given.images === null ? [] : given.images,
        marketing_features: given.marketing_features === null ? [] : given.marketing_features,
        metadata: mergeMetadata(product.metadata, given.metadata),
      },
      ctx,
    )
  }),

  member(['DELETE', `${path}/:id`], params<Stripe.ProductDeleteParams>()({}), (id, _given, ctx) => {
    const product = findProduct(id, ctx)
    if ([...ctx.state.prices.values()].some((price) => price.product === id)) {
      throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.')
    }
    ctx.state.products.delete(id)
    product.active = false
    ctx.emit('product.deleted', product)
    return { id, object: 'product', deleted: true }
  }),

  collection(['GET', path], listParams, (given, { state }) => {
    const hasFields = where(given, 'active', 'shippable', 'type', 'url')
    const wanted = (product: Product) => hasFields(product) && (given.ids?.includes(product.id) ?? true)
    return paginate(state.products.matching(wanted), path, given)
  }),
]

export function createProduct(given: z.infer<typeof createParams>, ctx: Context): Product {
  const id = given.id ?? newId('prod')
  if (ctx.state.products.has(id)) {
    throw invalidRequest(`Product already exists: ${id}`, { code: 'resource_already_exists', param: 'id' })
  }
  if (given.default_price_data) termsOf(given.default_price_data, ctx)
  const product: Product = {
    id,
    object: 'product',
    active: given.active ?? true,
    created: ctx.now,
    default_price: null,
    description: given.description ?? null,
    images: given.images ?? [],
    livemode: false,
    marketing_features: given.marketing_features ?? [],
    metadata: mergeMetadata({}, given.metadata),
    name: given.name,
    package_dimensions: given.package_dimensions ?? null,
    shippable: given.shippable ?? null,
    statement_descriptor: given.statement_descriptor ?? null,
    tax_code: null,
    tax_details: null,
    type: given.type ?? 'service',
    unit_label: given.unit_label ?? null,
    updated: ctx.now,
    url: given.url ?? null,
  }
  ctx.state.products.set(id, product)
  const price = given.default_price_data && newPrice({ ...given.default_price_data, product: id }, ctx)
  product.default_price = price?.id ?? null
  ctx.emit('product.created', product)
  if (price) ctx.emit('price.created', price)
  return product
}

export function findProduct(id: string, ctx: Context, param?: string): Product {
  const product = ctx.state.products.get(id)
  if (!product) throw noSuch('product', id, param)
  return product
}

function updateProduct(
  product: Product,
  changes: { [Key in keyof Product]?: Product[Key] | undefined },
  ctx: Context,
): Product {
  const previous = applyChanges(product, changes)
  if (!previous) return product
  previous.updated = product.updated
  product.updated = ctx.now
  ctx.emit('product.updated', product, previous)
  return product
}
