import { periodAt } from '../arithmetic/billing-period.ts'
import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { Customer, Subscription } from '../state/state.ts'
import { hasEnded } from './invoice-settled.ts'
import type { NewItem } from './new-subscription.ts'
import { recurringOf } from './subscription-object.ts'
import { mostItems } from './subscription-params.ts'

const longestTrial = 2 * 366 * 86_400

interface Asked {
  cancel_at?: number | string | null | undefined
  cancel_at_period_end?: boolean | undefined
  collection_method?: string | undefined
  currency?: string | undefined
  days_until_due?: number | undefined
}

/** What cannot be asked for together when a subscription begins. */
export function refuseConflicts(
  given: Asked & { billing_cycle_anchor?: number | undefined },
  { customer, items, trialEnd }: { customer: Customer; items: NewItem[]; trialEnd: number | null },
  ctx: Context,
): void {
  if (items.length === 0)
    throw invalidRequest('Missing required param: items.', { code: 'parameter_missing', param: 'items' })
  if (items.length > mostItems) throw invalidRequest(`You may pass up to ${mostItems} items.`, { param: 'items' })
  refuseTwice(items.map(({ price }) => price.id))
  refuseCurrencies(given, customer, items)
  refuseCollection(given.collection_method ?? 'charge_automatically', given.days_until_due)
  refuseTwoEnds(given)
  if (typeof given.cancel_at === 'number') refusePast(given.cancel_at, 'cancel_at', ctx.now)
  if (trialEnd !== null) refuseLongTrial(trialEnd, ctx.now)
  if (given.billing_cycle_anchor !== undefined) {
    refuseAnchor(given.billing_cycle_anchor, { items, from: trialEnd ?? ctx.now }, ctx)
  }
}

/** What cannot be asked of a subscription as it is now. */
export function refuseMisplaced(
  given: Asked & {
    items?: { id?: string | undefined; price?: string | undefined; deleted?: boolean | undefined }[] | undefined
    proration_date?: number | undefined
    trial_end?: number | string | undefined
    pause_collection?: { resumes_at?: number | undefined } | null | undefined
  },
  subscription: Subscription,
  ctx: Context,
): void {
  refuseStatus(given, subscription)
  refuseTwoEnds(given)
  refuseTwice([
    ...subscription.items.data
      .filter(({ id }) => !given.items?.some((item) => item.id === id))
      .map(({ price }) => price.id),
    ...(given.items ?? []).filter(({ deleted }) => !deleted).flatMap(({ price }) => price ?? []),
  ])
  const method = given.collection_method ?? subscription.collection_method
  const days = method === 'send_invoice' ? (subscription.days_until_due ?? undefined) : undefined
  refuseCollection(method, given.days_until_due ?? days)
  if (typeof given.cancel_at === 'number') refusePast(given.cancel_at, 'cancel_at', ctx.now)
  if (typeof given.trial_end === 'number') {
    if (given.trial_end !== subscription.trial_end) refusePast(given.trial_end, 'trial_end', ctx.now)
    refuseLongTrial(given.trial_end, ctx.now)
  }
  const resumes = given.pause_collection?.resumes_at
  if (resumes !== undefined) refusePast(resumes, 'pause_collection[resumes_at]', ctx.now)
  if (given.proration_date !== undefined) refuseOutside(given.proration_date, subscription)
}

/** A payment method of this customer, or what was given instead of one. */
export function usableMethod<Given extends string | null | undefined>(
  given: Given,
  customer: string,
  { state }: Context,
): Given {
  if (typeof given !== 'string' || state.paymentMethods.get(given)?.customer === customer) return given
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${given}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'default_payment_method' },
  )
}

export function refusePast(moment: number, param: string, now: number): void {
  if (moment > now) return
  throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', { param })
}

/** https://docs.stripe.com/api/subscriptions/object#subscription_object-status: what has not begun, or is over. */
function refuseStatus(given: object, { id, status }: Subscription): void {
  const names = Object.keys(given)
  if (hasEnded({ status } as Subscription)) {
    if (names.every((name) => name === 'metadata' || name === 'cancellation_details')) return
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.')
  }
  if (status !== 'incomplete') return
  const allowed = ['metadata', 'default_payment_method', 'payment_settings', 'description']
  const refused = names.find((name) => !allowed.includes(name))
  if (refused === undefined) return
  throw invalidRequest(
    `The subscription ${id} is incomplete: until its first invoice is paid, \`${refused}\` can't be updated.`,
    { param: refused },
  )
}

/** https://docs.stripe.com/billing/subscriptions/prorations: within the period that is prorated. */
function refuseOutside(date: number, { items }: Subscription): void {
  const inside = items.data.some((item) => item.current_period_start <= date && date <= item.current_period_end)
  if (inside) return
  throw invalidRequest('Cannot specify proration date outside of current billing period.', { param: 'proration_date' })
}

function refuseTwice(prices: readonly string[]): void {
  const twice = prices.find((price, at) => prices.indexOf(price) !== at)
  if (twice === undefined) return
  throw invalidRequest(`Cannot add multiple subscription items with the same plan: ${twice}`, { param: 'items' })
}

function refuseCurrencies({ currency }: Asked, customer: Customer, items: readonly NewItem[]): void {
  const wanted = currency ?? items[0]?.price.currency
  const other = items.find(({ price }) => price.currency !== wanted)
  if (other) {
    throw invalidRequest(
      `The price specified only supports \`${other.price.currency}\`. This doesn't match the expected currency: \`${wanted ?? ''}\`.`,
      { param: 'items[0][price]' },
    )
  }
  if (customer.currency && customer.currency !== wanted) {
    throw invalidRequest(
      `You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with currency ${customer.currency}`,
      { param: 'items[0][price]' },
    )
  }
}

function refuseCollection(method: string, days: number | undefined): void {
  if (method === 'send_invoice' && days === undefined) {
    throw invalidRequest('You must provide `days_until_due` with `collection_method=send_invoice`.', {
      param: 'days_until_due',
    })
  }
  if (method === 'charge_automatically' && days !== undefined) {
    throw invalidRequest('You can only set `days_until_due` with `collection_method=send_invoice`.', {
      param: 'days_until_due',
    })
  }
}

function refuseTwoEnds({ cancel_at: at, cancel_at_period_end: atPeriodEnd }: Asked): void {
  if (at === undefined || atPeriodEnd === undefined) return
  throw invalidRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
    param: 'cancel_at',
  })
}

/** https://docs.stripe.com/api/subscriptions/create#create_subscription-trial_end */
function refuseLongTrial(end: number, now: number): void {
  if (end <= now + longestTrial) return
  throw invalidRequest('Invalid trial_end: must be at most two years in the future.', { param: 'trial_end' })
}

/** https://docs.stripe.com/billing/subscriptions/billing-cycle: in the future, and no later than a period would last. */
function refuseAnchor(
  anchor: number,
  { items, from }: { items: readonly NewItem[]; from: number },
  ctx: Context,
): void {
  const param = 'billing_cycle_anchor'
  refusePast(anchor, param, ctx.now)
  if (anchor < from) throw invalidRequest('billing_cycle_anchor must be after trial_end.', { param })
  for (const { price } of items) {
    const { end } = periodAt(from, recurringOf(price), from)
    if (anchor <= end) continue
    throw invalidRequest(`billing_cycle_anchor cannot be later than next natural billing date (${end}) for plan`, {
      param,
    })
  }
}
