import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { cataloguePrices, productOf, type CataloguePrice } from '../plans.ts'
import { ask, idOf, unlessMissing } from './client.ts'

/** Stripe's id of a price as the catalogue has it; undefined when Stripe has none or another amount. */
export async function findPriceId(wanted: CataloguePrice, ctx: BillingContext): Promise<string | undefined> {
  const [found] = await readPrices([wanted], ctx)
  return found && isCurrent(found, wanted) ? found.id : undefined
}

/**
 * Brings Stripe's products and prices up to the catalogue. Done twice, or by two at once, it is as done once.
 * A price's amount never changes at Stripe: a new price takes the name over, and who pays the old one goes on.
 */
export async function syncCatalogue(ctx: BillingContext): Promise<Map<string, string>> {
  for (const plan of new Set(cataloguePrices.map((price) => price.plan))) await syncProduct(plan, ctx)
  const existing = await readPrices(cataloguePrices, ctx)
  const ids = new Map<string, string>()
  for (const wanted of cataloguePrices) {
    const found = existing.find((price) => price.lookup_key === wanted.lookupKey)
    ids.set(wanted.lookupKey, found && isCurrent(found, wanted) ? found.id : await replacePrice(found, wanted, ctx))
  }
  return ids
}

async function syncProduct(plan: CataloguePrice['plan'], ctx: BillingContext): Promise<void> {
  const id = productOf(plan.id)
  const details = { name: plan.name, description: plan.description, active: true, unit_label: 'seat' }
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.products.retrieve(id)))
  if (!found) {
    const idempotencyKey = `product-${id}`
    await ask(ctx, (stripe) => stripe.products.create({ id, ...details }, { idempotencyKey }))
  } else if (Object.entries(details).some(([key, value]) => found[key as keyof typeof details] !== value)) {
    await ask(ctx, (stripe) => stripe.products.update(id, details))
  }
}

async function replacePrice(
  found: Sdk.Price | undefined,
  { lookupKey, plan, interval, price }: CataloguePrice,
  ctx: BillingContext,
): Promise<string> {
  const params: Sdk.PriceCreateParams = {
    product: productOf(plan.id),
    lookup_key: lookupKey,
    transfer_lookup_key: true,
    currency: price.currency,
    unit_amount: price.amount,
    recurring: { interval },
  }
  // With what it replaces: back to an earlier amount within a day must not answer with the earlier price.
  const idempotencyKey = `price-${lookupKey}-${price.currency}-${price.amount}-after-${found?.id ?? 'none'}`
  return (await ask(ctx, (stripe) => stripe.prices.create(params, { idempotencyKey }))).id
}

async function readPrices(wanted: readonly CataloguePrice[], ctx: BillingContext): Promise<Sdk.Price[]> {
  const keys = wanted.map(({ lookupKey }) => lookupKey)
  return (await ask(ctx, (stripe) => stripe.prices.list({ lookup_keys: keys, limit: 100 }))).data
}

function isCurrent(found: Sdk.Price, { plan, interval, price }: CataloguePrice): boolean {
  return (
    found.active &&
    idOf(found.product) === productOf(plan.id) &&
    found.unit_amount === price.amount &&
    found.currency === price.currency &&
    found.recurring?.interval === interval &&
    found.recurring.interval_count === 1
  )
}
