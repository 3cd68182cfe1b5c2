import { createHash } from 'node:crypto'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { currentOf, isEnded } from '../current-subscription.ts'
import { planOfProduct } from '../plans.ts'
import { paymentFailed } from '../refusals.ts'
import type { PlanItem } from './catalogue.ts'
import { ask, fromSeconds, idOf, isOurMistake } from './client.ts'
import { listSubscriptions, readSchedule, seatItemOf, toSubscription, type FoundSubscription } from './readings.ts'

/** A subscription, and what it takes to change it. */
export interface Standing extends FoundSubscription {
  customerId: string
  /** Those of ours, the seats first. */
  items: StandingItem[]
  /** How it was said that it ends: with its period, or on a date. */
  ending: 'period' | 'date' | null
  /** The change that was carried out last. */
  changeId: string | null
  discounts: StandingDiscount[]
}

interface StandingItem {
  id: string
  priceId: string
  /** Null of what is charged as it is used. */
  quantity: number | null
}

export interface StandingDiscount {
  id: string
  endsAt: Date | null
  /** For one invoice only. */
  once: boolean
  /** Takes an amount off the whole of an invoice, rather than a part of each line. */
  isAmount: boolean
}

/** The subscription that counts, as it is now; undefined where there is none, or it has ended. */
export async function readStanding(customerId: string, ctx: BillingContext): Promise<Standing | undefined> {
  const current = currentOf(await readAll(customerId, ctx))
  if (!current || isEnded(current.status)) return undefined
  const { raw, ...found } = current
  return {
    ...found,
    customerId,
    items: itemsIn(raw),
    ending: raw.cancel_at_period_end ? 'period' : raw.cancel_at === null ? null : 'date',
    changeId: raw.metadata.changeId ?? null,
    discounts: raw.discounts.flatMap((discount) => (typeof discount === 'string' ? [] : standingDiscount(discount))),
  }
}

type Raw = Sdk.Subscription

/** Every subscription to a plan of ours, beside what was made of it: what is changed is what was looked at. */
async function readAll(customerId: string, ctx: BillingContext): Promise<(FoundSubscription & { raw: Raw })[]> {
  const all = await listSubscriptions(customerId, ctx)
  const found = await Promise.all(
    all.map(async (raw) => {
      const one = await toSubscription(raw, (id) => readSchedule(id, ctx))
      return one && { ...one, raw }
    }),
  )
  return found.filter((one) => one !== undefined)
}

/** An item as it is to be: one that is there, by its id, or one that is to be added. */
export interface ItemChange {
  id?: string
  price?: string
  quantity?: number
  deleted?: boolean
}

/**
 * What has to be said of each item to make the subscription that of a plan: its seats get the plan's price, and what is
 * charged as it is used comes, goes, or goes over to another price. `keepsPrice`: what is paid stays as it is.
 */
export function itemChanges(
  { items: [seats, ...metered] }: Standing,
  { plan, quantity, keepsPrice }: { plan: readonly PlanItem[]; quantity: number; keepsPrice: boolean },
): ItemChange[] {
  if (!seats) throw new TypeError('A subscription of ours has seats')
  const wanted = plan.filter(({ meterId }) => meterId !== null).map(({ priceId }) => priceId)
  const missing = wanted.filter((priceId) => !metered.some((item) => item.priceId === priceId))
  const unwanted = metered.filter(({ priceId }) => !wanted.includes(priceId))
  if (keepsPrice && metered.length > 0) return [{ id: seats.id, price: seats.priceId, quantity }]
  return [
    { id: seats.id, price: keepsPrice ? seats.priceId : seatPriceOf(plan), quantity },
    ...unwanted.map(({ id }, at): ItemChange => {
      const price = missing[at]
      return price === undefined ? { id, deleted: true } : { id, price }
    }),
    ...missing.slice(unwanted.length).map((price) => ({ price })),
  ]
}

/** What there is once items were changed. */
export function itemsAfter({ items }: Standing, changes: readonly ItemChange[]): PhaseItem[] {
  const there = items.flatMap(({ id, priceId, quantity }) => {
    const change = changes.find((one) => one.id === id)
    if (change?.deleted) return []
    return [{ priceId: change?.price ?? priceId, quantity: change?.quantity ?? quantity }]
  })
  const added = changes.flatMap(({ id, price }) =>
    id === undefined && price ? [{ priceId: price, quantity: null }] : [],
  )
  return [...there, ...added]
}

export interface PhaseItem {
  priceId: string
  quantity: number | null
}

/** What a change at once says to Stripe, and a preview of it as well, so that both come out the same. */
export function atOnce(standing: Standing, { items, prorateAt }: { items: ItemChange[]; prorateAt: Date }) {
  const charge =
    standing.status === 'trialing'
      ? { proration_behavior: 'none' as const }
      : { proration_behavior: 'always_invoice' as const, proration_date: prorateAt.getTime() / 1000 }
  return { items, ...charge, ...goingOn(standing) }
}

/** What takes back that it was to end. Where there is a schedule the end is the schedule's, and goes with it. */
export function goingOn({ ending, stripeScheduleId }: Standing) {
  if (stripeScheduleId !== null) return {}
  return {
    ...(ending === 'period' && { cancel_at_period_end: false }),
    ...(ending === 'date' && { cancel_at: '' as const }),
  }
}

export interface NewTerms {
  changeId: string
  minimumSeats: number
  items: ItemChange[]
  prorateAt: Date
}

/** Changes it at once and takes the money, or changes nothing: `billing.payment_failed`. */
export async function changeAtOnce(
  standing: Standing,
  { changeId, minimumSeats, ...change }: NewTerms,
  ctx: BillingContext,
): Promise<void> {
  const params: Sdk.SubscriptionUpdateParams = {
    ...atOnce(standing, change),
    payment_behavior: 'error_if_incomplete',
    metadata: { changeId, minimumSeats: String(minimumSeats) },
  }
  const idempotencyKey = keyOf('change', changeId, params)
  try {
    await ask(ctx, (stripe) => stripe.subscriptions.update(standing.id, params, { idempotencyKey }))
  } catch (error) {
    // Of a customer without a card Stripe says that something is missing, and not what.
    const noCard = isOurMistake(error) && error.code === 'resource_missing' && error.param === undefined
    throw noCard ? paymentFailed('There is no card to charge.', error) : error
  }
}

/** Has it end with its period. */
export async function endWithPeriod({ id }: Standing, ctx: BillingContext): Promise<void> {
  await ask(ctx, (stripe) => stripe.subscriptions.update(id, { cancel_at_period_end: true }))
}

/** Has it go on, and answers it as it is then: a period that was cut short by a date is as long as it was paid for. */
export async function goOn(standing: Standing, ctx: BillingContext): Promise<Standing> {
  const raw = await ask(ctx, (stripe) => stripe.subscriptions.update(standing.id, goingOn(standing)))
  const end = seatItemOf(raw)?.current_period_end
  return { ...standing, ending: null, ...(end !== undefined && { currentPeriodEnd: fromSeconds(end) }) }
}

/**
 * A key is good for one set of parameters, and what they are depends on what was found: what may differ between two tries
 * is part of it.
 */
export function keyOf(what: string, changeId: string, params: object): string {
  const digest = createHash('sha256').update(JSON.stringify(params)).digest('base64url')
  return `${what}-${changeId}-${digest}`
}

export function seatPriceOf(plan: readonly PlanItem[]): string {
  const seats = plan.find(({ meterId }) => meterId === null)
  if (!seats) throw new TypeError('A plan that is sold has a price for its seats')
  return seats.priceId
}

function itemsIn(raw: Sdk.Subscription): StandingItem[] {
  const seats = seatItemOf(raw)
  const ours = raw.items.data.filter(({ id, price }) => {
    return id !== seats?.id && price.recurring?.usage_type === 'metered' && planOfProduct(idOf(price.product))
  })
  return [...(seats ? [seats] : []), ...ours].map(({ id, price, quantity }) => ({
    id,
    priceId: price.id,
    quantity: quantity ?? null,
  }))
}

function standingDiscount({ id, end, source }: Sdk.Discount): StandingDiscount {
  const { coupon } = source
  const terms = typeof coupon === 'string' ? null : coupon
  return {
    id,
    endsAt: end === null ? null : fromSeconds(end),
    once: terms?.duration === 'once',
    isAmount: terms?.amount_off != null,
  }
}
