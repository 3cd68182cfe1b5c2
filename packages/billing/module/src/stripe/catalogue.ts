import type { Interval, MeterId } from '@lightpress/billing-contract'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import {
  cataloguePrices,
  pricesOf,
  productOf,
  type CataloguePrice,
  type CatalogueProduct,
  type PaidPlanId,
} from '../plans.ts'
import { ask, idOf, unlessMissing } from './client.ts'
import { bringMeters, findMeters, type Note } from './meter-catalogue.ts'

/** What a subscription to a plan is made of: its seats, which have a quantity, and what is charged as it is used. */
export interface PlanItem {
  priceId: string
  /** Null for the seats. */
  meterId: MeterId | null
}

/**
 * The items of a plan in Stripe's words, its seats first. Who wants to pay is not turned away because a deployment forgot
 * to bring the catalogue to Stripe: what is missing there, or has another amount, is brought.
 */
export async function itemsOf(
  { planId, interval }: { planId: PaidPlanId; interval: Interval },
  ctx: BillingContext,
): Promise<PlanItem[]> {
  const wanted = pricesOf(planId, interval)
  const [found, meterIds] = await Promise.all([readPrices(wanted, ctx), findMeters(metersOf(wanted), ctx)])
  const outdated = wanted.filter((price) => !find(price, { found, meterIds }))
  if (outdated.length === 0) return wanted.map((price) => itemOf(price, find(price, { found, meterIds }) as Sdk.Price))
  const keys = outdated.map(({ lookupKey }) => lookupKey)
  ctx.log.warn({ prices: keys }, 'Stripe does not have these prices as the catalogue does; bringing them there')
  const { prices } = await syncCatalogue(ctx)
  return wanted.map((price) => itemOf(price, prices.get(price.lookupKey) as Sdk.Price))
}

export interface SyncedCatalogue {
  /** By lookup key. */
  prices: Map<string, Sdk.Price>
  /** What was done, a line each; empty when Stripe had everything. */
  changes: string[]
}

/**
 * Brings Stripe's products, meters and prices up to the catalogue. Done twice, or by two at once, it is as done once.
 * A price's amount never changes at Stripe: a new price takes the name over, and who pays the old one goes on.
 */
export async function syncCatalogue(ctx: BillingContext): Promise<SyncedCatalogue> {
  const changes: string[] = []
  const note = (change: string) => void changes.push(change)
  const products = new Map(cataloguePrices.map((price) => [productOf(price).id, productOf(price)]))
  for (const product of products.values()) await bringProduct(product, note, ctx)
  const meterIds = await bringMeters(metersOf(cataloguePrices), note, ctx)
  const found = await readPrices(cataloguePrices, ctx)
  const prices = new Map<string, Sdk.Price>()
  for (const wanted of cataloguePrices) {
    const { lookupKey } = wanted
    const current = find(wanted, { found, meterIds })
    prices.set(lookupKey, current ?? (await replacePrice(wanted, { found, meterIds, note }, ctx)))
  }
  return { prices, changes }
}

async function bringProduct({ id, unit, ...words }: CatalogueProduct, note: Note, ctx: BillingContext): Promise<void> {
  const details = { ...words, active: true, unit_label: unit }
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.products.retrieve(id)))
  if (!found) {
    const idempotencyKey = `product-${id}`
    await ask(ctx, (stripe) => stripe.products.create({ id, ...details }, { idempotencyKey }))
    note(`made product ${id}`)
  } else if (Object.entries(details).some(([key, value]) => found[key as keyof typeof details] !== value)) {
    await ask(ctx, (stripe) => stripe.products.update(id, details))
    note(`changed product ${id}`)
  }
}

/** What Stripe has at the moment. */
interface AtStripe {
  found: readonly Sdk.Price[]
  meterIds: ReadonlyMap<MeterId, string>
}

async function replacePrice(
  wanted: CataloguePrice,
  { found, meterIds, note }: AtStripe & { note: Note },
  ctx: BillingContext,
): Promise<Sdk.Price> {
  const { lookupKey, price, interval, usage } = wanted
  const replaced = found.find((one) => one.lookup_key === lookupKey)
  const params: Sdk.PriceCreateParams = {
    product: productOf(wanted).id,
    lookup_key: lookupKey,
    transfer_lookup_key: true,
    currency: price.currency,
    ...(usage
      ? {
          billing_scheme: 'tiered',
          tiers_mode: 'graduated',
          tiers: [
            { up_to: usage.included, unit_amount: 0 },
            { up_to: 'inf', unit_amount: price.amount },
          ],
          recurring: { interval, usage_type: 'metered', meter: meterIds.get(usage.meterId) as string },
        }
      : { unit_amount: price.amount, recurring: { interval } }),
  }
  // With what it replaces: back to an earlier amount within a day must not answer with the earlier price.
  const terms = [price.currency, price.amount, ...(usage ? [usage.included, meterIds.get(usage.meterId)] : [])]
  const idempotencyKey = `price-${lookupKey}-${terms.join('-')}-after-${replaced?.id ?? 'none'}`
  const made = await ask(ctx, (stripe) => stripe.prices.create(params, { idempotencyKey }))
  note(replaced ? `replaced price ${lookupKey}` : `made price ${lookupKey}`)
  return made
}

async function readPrices(wanted: readonly CataloguePrice[], ctx: BillingContext): Promise<Sdk.Price[]> {
  const params = { lookup_keys: wanted.map(({ lookupKey }) => lookupKey), expand: ['data.tiers'], limit: 100 }
  return (await ask(ctx, (stripe) => stripe.prices.list(params))).data
}

/** The price that Stripe has under the catalogue's name, if its terms are the catalogue's. */
function find(wanted: CataloguePrice, { found, meterIds }: AtStripe): Sdk.Price | undefined {
  const { lookupKey, interval, price, usage } = wanted
  const one = found.find(({ lookup_key: key }) => key === lookupKey)
  const isCurrent =
    one?.active &&
    idOf(one.product) === productOf(wanted).id &&
    one.currency === price.currency &&
    one.recurring?.interval === interval &&
    one.recurring.interval_count === 1 &&
    (usage
      ? one.recurring.meter === meterIds.get(usage.meterId) && hasTiers(one, { ...usage, price })
      : one.recurring.usage_type === 'licensed' && one.unit_amount === price.amount)
  return isCurrent ? one : undefined
}

function hasTiers(
  { tiers_mode: mode, tiers = [] }: Sdk.Price,
  { included, price }: { included: number; price: CataloguePrice['price'] },
): boolean {
  const [free, rest, ...others] = tiers
  return (
    mode === 'graduated' &&
    others.length === 0 &&
    free?.up_to === included &&
    free.unit_amount === 0 &&
    rest?.up_to === null &&
    rest.unit_amount === price.amount &&
    tiers.every(({ flat_amount: flat }) => flat === null || flat === 0)
  )
}

function itemOf({ usage }: CataloguePrice, { id }: Sdk.Price): PlanItem {
  return { priceId: id, meterId: usage?.meterId ?? null }
}

function metersOf(prices: readonly CataloguePrice[]): MeterId[] {
  return [...new Set(prices.flatMap(({ usage }) => usage?.meterId ?? []))]
}
