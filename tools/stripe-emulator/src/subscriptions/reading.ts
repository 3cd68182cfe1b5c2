import type { z } from 'zod'
import { findActivePrice } from '../catalogue/prices.ts'
import type { Context } from '../context.ts'
import { invalidRequest, notCovered } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import type { Customer, Price, Subscription } from '../state/state.ts'
import { anchorRefusal } from './anchor-rules.ts'
import { cancellationAt, cancellationAtPeriodEnd } from './cancellation.ts'
import { refuseConflicts, refuseMisplaced, refusePast, usableMethod } from './checks.ts'
import { periodFrom } from './create-subscription.ts'
import type { ItemChange, NewItem, NewSubscription, SubscriptionChange } from './new-subscription.ts'
import { isMetered, noCancellation } from './subscription-object.ts'
import type { createParams, paymentBehavior, updateItem, updateParams } from './subscription-params.ts'

type Created = z.infer<typeof createParams>
type Updated = z.infer<typeof updateParams>
type ItemUpdate = z.infer<typeof updateItem>
type PaymentBehavior = z.infer<typeof paymentBehavior>

const day = 86_400

/** What the parameters ask to be begun, or an error that says what of it cannot be. */
export function newSubscriptionOf(given: Created, customer: Customer, ctx: Context): NewSubscription {
  if (given.billing_mode?.type === 'classic') throw notCovered('billing_mode[type]=classic', 'billing_mode[type]')
  const items = given.items.map((item, at) => newItemOf(item, `items[${at}]`, ctx))
  const trialEnd = trialEndOf(given, ctx)
  refuseConflicts(given, { customer, items, trialEnd }, ctx)
  const anchor = given.billing_cycle_anchor ?? trialEnd ?? ctx.now
  const ends = items.map(({ price }) => trialEnd ?? periodFrom(price, { anchor, from: ctx.now, until: null }).end)
  return {
    customer,
    items,
    addInvoiceItems: oneTimeOf(given.add_invoice_items, ctx),
    metadata: mergeMetadata({}, given.metadata),
    description: given.description ?? null,
    defaultPaymentMethod: usableMethod(given.default_payment_method, customer.id, ctx) ?? null,
    trialEnd,
    missingPaymentMethod: given.trial_settings?.end_behavior.missing_payment_method,
    billingCycleAnchor: given.billing_cycle_anchor,
    prorationBehavior: given.proration_behavior,
    startDate: pastOf(given.backdate_start_date, ctx),
    discounts: given.discounts ?? undefined,
    cancelAt: given.cancel_at === undefined ? undefined : momentOf(given.cancel_at, ends),
    cancelAtPeriodEnd: given.cancel_at_period_end,
    collectionMethod: given.collection_method,
    daysUntilDue: given.days_until_due,
    paymentBehavior: paymentBehaviorOf(given.payment_behavior),
    offSession: given.off_session,
    saveDefaultPaymentMethod: given.payment_settings?.save_default_payment_method,
    paymentMethodTypes: given.payment_settings?.payment_method_types ?? undefined,
  }
}

function pastOf(start: number | undefined, { now }: Context): number | undefined {
  if (start === undefined || start < now) return start
  throw invalidRequest('backdate_start_date must be in the past.', { param: 'backdate_start_date' })
}

/** What the parameters ask to be changed, or an error that says what of it cannot be. */
export function changeOf(given: Updated, subscription: Subscription, ctx: Context): SubscriptionChange {
  refuseMisplaced(given, subscription, ctx)
  const change: SubscriptionChange = {
    items: given.items?.map((item, at) => itemChangeOf(item, { subscription, param: `items[${at}]` }, ctx)),
    addInvoiceItems: oneTimeOf(given.add_invoice_items, ctx),
    prorationBehavior: given.proration_behavior,
    prorationDate: given.proration_date,
    billingCycleAnchor: given.billing_cycle_anchor?.type,
    trialEnd: given.trial_end,
    discounts: given.discounts === null ? [] : given.discounts?.length === 0 ? undefined : given.discounts,
    paymentBehavior: paymentBehaviorOf(given.payment_behavior),
    offSession: given.off_session,
    fields: fieldsOf(given, subscription, ctx),
  }
  const refusal = anchorRefusal(subscription, change, ctx)
  if (refusal) throw refusal
  return change
}

export function itemChangeOf(
  item: ItemUpdate,
  { subscription, param }: { subscription: Subscription; param: string },
  ctx: Context,
): ItemChange {
  const current = subscription.items.data.find(({ id }) => id === item.id)
  if (item.id !== undefined && !current) {
    throw invalidRequest(`No such subscription item: '${item.id}'`, { code: 'resource_missing', param: `${param}[id]` })
  }
  if (item.deleted && item.id === undefined) {
    throw invalidRequest(`\`${param}[deleted]\` needs \`${param}[id]\`: the item that is to go.`, {
      param: `${param}[deleted]`,
    })
  }
  const price = item.price === undefined ? undefined : recurringPrice(item.price, `${param}[price]`, ctx)
  const used = price ?? current?.price
  if (used && isMetered(used) && item.quantity !== undefined) throw noQuantity(param)
  return {
    id: item.id,
    price,
    quantity: item.quantity,
    metadata: item.metadata === undefined ? undefined : mergeMetadata(current?.metadata ?? {}, item.metadata),
    discounts: item.discounts === null ? [] : item.discounts,
    deleted: item.deleted,
  }
}

export function paymentBehaviorOf(given: PaymentBehavior | undefined) {
  if (given === 'pending_if_incomplete') {
    throw notCovered('pending updates (payment_behavior=pending_if_incomplete)', 'payment_behavior')
  }
  return given
}

/** The comment and the feedback that are given, beside what was said before. */
export function detailed(
  current: Subscription['cancellation_details'],
  given: Updated['cancellation_details'],
): NonNullable<Subscription['cancellation_details']> {
  const before = current ?? noCancellation
  const { comment = before.comment, feedback = before.feedback } = given ?? {}
  return { ...before, comment, feedback }
}

function newItemOf(item: Created['items'][number], param: string, ctx: Context): NewItem {
  const price = recurringPrice(item.price, `${param}[price]`, ctx)
  if (isMetered(price) && item.quantity !== undefined) throw noQuantity(param)
  return {
    price,
    quantity: item.quantity,
    metadata: mergeMetadata({}, item.metadata),
    discounts: item.discounts ?? undefined,
  }
}

function recurringPrice(id: string, param: string, ctx: Context): Price {
  const price = findActivePrice(id, ctx, param)
  if (!price.recurring) {
    throw invalidRequest(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param },
    )
  }
  return price
}

function oneTimeOf(given: Created['add_invoice_items'], ctx: Context) {
  return given?.map(({ price: id, quantity = 1 }, at) => {
    const param = `add_invoice_items[${at}][price]`
    const price = findActivePrice(id, ctx, param)
    if (price.recurring) {
      throw invalidRequest(
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
        { param },
      )
    }
    return { price, quantity }
  })
}

/** Seconds; null without a trial. */
function trialEndOf({ trial_end: end, trial_period_days: days }: Created, { now }: Context): number | null {
  if (end !== undefined && days !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', {
      param: 'trial_end',
    })
  }
  if (typeof end === 'number') refusePast(end, 'trial_end', now)
  if (typeof end === 'number') return end
  return days ? now + days * day : null
}

function fieldsOf(given: Updated, subscription: Subscription, ctx: Context): NonNullable<SubscriptionChange['fields']> {
  const method = usableMethod(given.default_payment_method, subscription.customer, ctx)
  const ending = endingOf(given, subscription, ctx)
  return {
    ...ending,
    ...(given.cancellation_details && {
      cancellation_details: detailed(
        ending.cancellation_details ?? subscription.cancellation_details,
        given.cancellation_details,
      ),
    }),
    ...(given.collection_method !== undefined && { collection_method: given.collection_method }),
    ...(given.collection_method === 'charge_automatically' && { days_until_due: null }),
    ...(given.days_until_due !== undefined && { days_until_due: given.days_until_due }),
    ...(method !== undefined && { default_payment_method: method }),
    ...(given.description !== undefined && { description: given.description }),
    ...(given.metadata !== undefined && { metadata: mergeMetadata(subscription.metadata, given.metadata) }),
    ...(given.pause_collection !== undefined && {
      pause_collection: given.pause_collection && {
        behavior: given.pause_collection.behavior,
        resumes_at: given.pause_collection.resumes_at ?? null,
      },
    }),
    ...(given.payment_settings &&
      subscription.payment_settings && {
        payment_settings: settingsAfter(subscription.payment_settings, given.payment_settings),
      }),
    ...(given.trial_settings && {
      trial_settings: {
        end_behavior: {
          billing_cycle_anchor: null,
          missing_payment_method: given.trial_settings.end_behavior.missing_payment_method,
        },
      },
    }),
  }
}

function endingOf(given: Updated, subscription: Subscription, ctx: Context): NonNullable<SubscriptionChange['fields']> {
  const { cancel_at: at, cancel_at_period_end: atPeriodEnd } = given
  if (at !== undefined) {
    const ends = subscription.items.data.map((item) => item.current_period_end)
    const moment = at === null ? null : momentOf(at, ends)
    return moment === subscription.cancel_at ? {} : cancellationAt(subscription, moment, ctx)
  }
  return atPeriodEnd === undefined ? {} : cancellationAtPeriodEnd(subscription, atPeriodEnd, ctx)
}

function momentOf(given: number | 'min_period_end' | 'max_period_end', ends: readonly number[]): number {
  if (typeof given === 'number') return given
  return given === 'min_period_end' ? Math.min(...ends) : Math.max(...ends)
}

export function noQuantity(param: string): Error {
  return invalidRequest('Quantity should not be specified where usage_type is `metered`. Remove quantity.', {
    param: `${param}[quantity]`,
  })
}

function settingsAfter(
  current: NonNullable<Subscription['payment_settings']>,
  { payment_method_types: types, save_default_payment_method: saves }: NonNullable<Updated['payment_settings']>,
): NonNullable<Subscription['payment_settings']> {
  return {
    ...current,
    ...(types !== undefined && { payment_method_types: types }),
    ...(saves !== undefined && { save_default_payment_method: saves }),
  }
}
