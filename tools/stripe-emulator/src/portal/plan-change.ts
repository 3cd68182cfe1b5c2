import { links } from '../links.ts'
import { previewOf } from '../invoices/preview-endpoint.ts'
import { intentOf } from '../invoices/collection.ts'
import { invalidRequest } from '../http/errors.ts'
import { followSubscription } from '../schedules/scheduled-subscription.ts'
import type { Invoice, Price, Subscription, SubscriptionItem } from '../state/state.ts'
import { anchorRefusal } from '../subscriptions/anchor-rules.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { afterCompletion, type Visit } from './visit.ts'

/** Seconds. */
const longestLook = 3600

/** What a subscription is to become. */
export interface PlanChange {
  item: SubscriptionItem
  price: Price
  quantity: number | undefined
  /** The moment from which the difference is counted, in seconds: what was shown is what is charged. */
  from: number
  discounts?: { coupon?: string | undefined; promotion_code?: string | undefined }[] | undefined
}

/** What may be chosen for an item: a plan, and how many of it. */
export interface Choice {
  price: Price
  quantity: { least: number; most: number | null } | null
}

/** What the configuration offers to whoever has this item; nothing where a subscription has several. */
export function choicesOf(subscription: Subscription, { configuration, ctx }: Visit): Choice[] {
  const { default_allowed_updates: allowed, enabled, products } = configuration.features.subscription_update
  const [item] = subscription.items.data
  if (!enabled || !item || subscription.items.data.length > 1) return []
  const choices: Choice[] = []
  for (const { prices, adjustable_quantity: adjustable } of products ?? []) {
    const { enabled: counted, minimum: least, maximum: most } = adjustable
    for (const id of prices) {
      const price = ctx.state.prices.get(id)
      const own = id === item.price.id
      if (!price || price.currency !== subscription.currency || !(own || (price.active && allowed.includes('price'))))
        continue
      const licensed = price.recurring?.usage_type === 'licensed'
      choices.push({ price, quantity: licensed && counted && allowed.includes('quantity') ? { least, most } : null })
    }
  }
  return choices
}

/** Reads what was chosen, or refuses what is not offered. */
export function changeFrom(
  subscription: Subscription,
  { price, quantity, from }: { price: string; quantity: string; from: number },
  visit: Visit,
): PlanChange {
  const [item] = subscription.items.data
  const choice = choicesOf(subscription, visit).find((offered) => offered.price.id === price)
  if (!item || !choice) throw invalidRequest('This plan is not offered.')
  const licensed = choice.price.recurring?.usage_type === 'licensed'
  if (!choice.quantity)
    return { item, price: choice.price, quantity: licensed ? (item.quantity ?? 1) : undefined, from }
  const count = quantity === '' ? (item.quantity ?? 1) : Number(quantity)
  const { least, most } = choice.quantity
  if (!Number.isInteger(count) || count < least || count > (most ?? Infinity)) {
    throw invalidRequest(`Choose a quantity ${most === null ? `of at least ${least}` : `from ${least} to ${most}`}.`)
  }
  return { item, price: choice.price, quantity: count, from }
}

/** The moment at which a person saw what the change costs; now, if they saw nothing or looked too long ago. */
export function seenAt(given: string, { items }: Subscription, { ctx }: Visit): number {
  const begun = Math.max(...items.data.map(({ current_period_start: start }) => start))
  const seen = Number(given)
  return Number.isInteger(seen) && seen >= begun && seen <= ctx.now && seen > ctx.now - longestLook ? seen : ctx.now
}

/** What a session that was opened to confirm one change asks for. */
export function changeOfFlow(subscription: Subscription, from: number, { session, ctx }: Visit): PlanChange {
  const confirm = session.flow?.subscription_update_confirm
  const [wanted] = confirm?.items ?? []
  const item = subscription.items.data.find(({ id }) => id === wanted?.id)
  const price = ctx.state.prices.get(wanted?.price ?? item?.price.id ?? '')
  if (!wanted || !item || !price) throw invalidRequest('This change cannot be made any more.')
  const licensed = price.recurring?.usage_type === 'licensed'
  const discounts = confirm?.discounts?.map(({ coupon, promotion_code: code }) => ({
    ...(coupon !== null && { coupon }),
    ...(code !== null && { promotion_code: code }),
  }))
  return { item, price, quantity: licensed ? (wanted.quantity ?? item.quantity) : undefined, from, discounts }
}

/** The invoice that the change leads to, at once or at the next renewal. */
export function previewChange(subscription: Subscription, change: PlanChange, visit: Visit): Invoice | null {
  const { proration_behavior } = visit.configuration.features.subscription_update
  const { item, price, quantity, discounts } = change
  const anchor = anchorFor(subscription, change, visit)
  const given = {
    subscription: subscription.id,
    ...(discounts && { discounts }),
    subscription_details: {
      items: [{ id: item.id, price: price.id, quantity }],
      proration_behavior,
      proration_date: change.from,
      ...(anchor && { billing_cycle_anchor: { type: anchor } }),
    },
  }
  return previewOf(given, visit.ctx).invoice
}

/** Makes the change, and says where to go then: to the bank or the invoice, if there is something to pay still. */
export function makeChange(subscription: Subscription, change: PlanChange, visit: Visit): string {
  const { ctx, configuration, session } = visit
  const { proration_behavior: prorationBehavior } = configuration.features.subscription_update
  const { item, price, quantity, discounts } = change
  const before = subscription.latest_invoice
  changeSubscription(
    subscription,
    {
      items: [{ id: item.id, price, quantity }],
      prorationBehavior,
      prorationDate: change.from,
      billingCycleAnchor: anchorFor(subscription, change, visit),
      discounts,
      paymentBehavior: 'allow_incomplete',
      offSession: false,
    },
    ctx,
  )
  followSubscription(subscription, ctx)
  const invoice = ctx.state.invoices.get(subscription.latest_invoice ?? '')
  if (invoice?.status !== 'open' || invoice.id === before) return afterCompletion(visit)
  const intent = intentOf(invoice, ctx.state)
  if (intent?.status !== 'requires_action') return links.invoice(invoice.id)
  return `${links.authentication(intent.id)}?return=${links.portal(session.id)}`
}

/** What is configured for all subscriptions, unless this one cannot have it. */
function anchorFor(subscription: Subscription, { item, price, quantity }: PlanChange, { configuration, ctx }: Visit) {
  const billingCycleAnchor = configuration.features.subscription_update.billing_cycle_anchor ?? undefined
  const asked = { items: [{ id: item.id, price, quantity }], billingCycleAnchor }
  return anchorRefusal(subscription, asked, ctx) ? undefined : billingCycleAnchor
}
