import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { applyChanges } from '../webhooks/events.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, flag, integerBetween, list, metadata, paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { Price } from '../state/state.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { createProduct, findProduct } from './products.ts'
import { repriced } from '../subscriptions/subscription-lifecycle.ts'

const path = '/v1/prices'
const interval = z.enum(['day', 'week', 'month', 'year'])

const createParams = params<Stripe.PriceCreateParams>()({
  active: flag.optional(),
  billing_scheme: z.enum(['per_unit']).optional(),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .toLowerCase(),
  lookup_key: text.max(200).optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  product: text.optional(),
  product_data: params<Stripe.PriceCreateParams.ProductData>()({
    active: flag.optional(),
    id: text.optional(),
    metadata: metadata.optional(),
    name: text,
    unit_label: text.optional(),
  }).optional(),
  recurring: params<Stripe.PriceCreateParams.Recurring>()({
    interval,
    interval_count: integerBetween(1, 1095).optional(),
    usage_type: z.enum(['licensed']).optional(),
  }).optional(),
  tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
  transfer_lookup_key: flag.optional(),
  unit_amount: integerBetween(0, 99_999_999),
})

const updateParams = params<Stripe.PriceUpdateParams>()({
  active: flag.optional(),
  lookup_key: text.max(200).optional(),
  metadata: metadata.optional(),
  nickname: text.optional(),
  transfer_lookup_key: flag.optional(),
})

const listParams = params<Stripe.PriceListParams>()({
  ...paging,
  created,
  active: flag.optional(),
  currency: text.optional(),
  lookup_keys: list(text).optional(),
  product: text.optional(),
  recurring: params<Stripe.PriceListParams.Recurring>()({ interval }).optional(),
  type: z.enum(['one_time', 'recurring']).optional(),
})

export const prices: Endpoint[] = [
  collection(['POST', path], createParams, createPrice),

  member(['GET', `${path}/:id`], params<Stripe.PriceRetrieveParams>()({}), (id, _given, ctx) => findPrice(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const price = findPrice(id, ctx)
    const { transfer_lookup_key: transfer = false, ...changes } = given
    claimLookupKey(given.lookup_key, { transfer, holder: price }, ctx)
    return updatePrice(price, { ...changes, metadata: mergeMetadata(price.metadata, given.metadata) }, ctx)
  }),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      [...state.prices.values()]
        .filter(where(given, 'active', 'currency', 'product', 'type'))
        .filter(({ lookup_key: key }) => given.lookup_keys?.includes(key ?? '') ?? true)
        .filter(({ recurring }) => given.recurring === undefined || recurring?.interval === given.recurring.interval),
      path,
      given,
    ),
  ),
]

export function findPrice(id: string, ctx: Context, param?: string): Price {
  const price = ctx.state.prices.get(id)
  if (!price) throw noSuch('price', id, param)
  return price
}

function createPrice(given: z.infer<typeof createParams>, ctx: Context): Price {
  if ((given.product === undefined) === (given.product_data === undefined)) {
    throw invalidRequest('Pass either `product` or `product_data`.', { param: 'product' })
  }
  if (given.product !== undefined) findProduct(given.product, ctx, 'product')
  claimLookupKey(given.lookup_key, { transfer: given.transfer_lookup_key ?? false }, ctx)
  const price: Price = {
    id: newId('price'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: ctx.now,
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: mergeMetadata({}, given.metadata),
    nickname: given.nickname ?? null,
    product: given.product ?? createProduct(given.product_data ?? { name: '' }, ctx).id,
    recurring: given.recurring
      ? {
          interval: given.recurring.interval,
          interval_count: given.recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? 'recurring' : 'one_time',
    unit_amount: given.unit_amount,
    unit_amount_decimal: String(given.unit_amount),
  }
  ctx.state.prices.set(price.id, price)
  ctx.emit('price.created', price)
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

/** A lookup key belongs to one price; it moves only when that is asked for. */
function claimLookupKey(
  key: string | undefined,
  { transfer, holder }: { transfer: boolean; holder?: Price },
  ctx: Context,
): void {
  const other = [...ctx.state.prices.values()].find((price) => key !== undefined && price.lookup_key === key)
  if (!other || other === holder) return
  if (!transfer) {
    throw invalidRequest(
      `A price (\`${other.id}\`) already uses that lookup key. Pass \`transfer_lookup_key=true\` to move it.`,
      { param: 'lookup_key' },
    )
  }
  updatePrice(other, { lookup_key: null }, ctx)
}
