import type Stripe from 'stripe'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { applyChanges } from '../webhooks/events.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, flag, list, metadata, paging, params, text, unsettable, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Product } from '../state/state.ts'
import { mergeMetadata } from '../http/metadata.ts'

const path = '/v1/products'

const fields = {
  active: flag.optional(),
  description: unsettable(text).optional(),
  images: unsettable(list(webUrl)).optional(),
  marketing_features: unsettable(list(params<Stripe.Product.MarketingFeature>()({ name: text }))).optional(),
  metadata: metadata.optional(),
  statement_descriptor: text.optional(),
  unit_label: unsettable(text).optional(),
  url: unsettable(webUrl).optional(),
}

const createParams = params<Stripe.ProductCreateParams>()({ ...fields, id: text.optional(), name: text })

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
})

export const products: Endpoint[] = [
  collection(['POST', path], createParams, createProduct),

  member(['GET', `${path}/:id`], params<Stripe.ProductRetrieveParams>()({}), (id, _given, ctx) => findProduct(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const product = findProduct(id, ctx)
    const { default_price: price } = given
    if (price !== undefined && ctx.state.prices.get(price)?.product !== id)
      throw noSuch('price', price, 'default_price')
    const previous = applyChanges(product, {
      ...given,
      images: given.images === null ? [] : given.images,
      marketing_features: given.marketing_features === null ? [] : given.marketing_features,
      metadata: mergeMetadata(product.metadata, given.metadata),
    })
    if (!previous) return product
    previous.updated = product.updated
    product.updated = ctx.now
    ctx.emit('product.updated', product, previous)
    return product
  }),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      [...state.products.values()].filter(where(given, 'active')).filter(({ id }) => given.ids?.includes(id) ?? true),
      path,
      given,
    ),
  ),
]

export function createProduct(given: z.infer<typeof createParams>, ctx: Context): Product {
  const id = given.id ?? newId('prod')
  if (ctx.state.products.has(id)) {
    throw invalidRequest(`Product already exists: ${id}`, { code: 'resource_already_exists', param: 'id' })
  }
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
    package_dimensions: null,
    shippable: null,
    statement_descriptor: given.statement_descriptor ?? null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: given.unit_label ?? null,
    updated: ctx.now,
    url: given.url ?? null,
  }
  ctx.state.products.set(id, product)
  ctx.emit('product.created', product)
  return product
}

export function findProduct(id: string, ctx: Context, param?: string): Product {
  const product = ctx.state.products.get(id)
  if (!product) throw noSuch('product', id, param)
  return product
}
