import { redeemAll } from '../catalogue/discounts.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { ApiError, invalidRequest, noSuch, notCovered } from '../http/errors.ts'
import { createSchedule } from '../schedules/new-schedule.ts'
import { updateSchedule } from '../schedules/schedule-change.ts'
import { forkFor } from '../state/fork.ts'
import type { Customer, Invoice, Subscription } from '../state/state.ts'
import { cancelSubscription } from '../subscriptions/cancellation.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { resumeSubscription } from '../subscriptions/pausing.ts'
import { changeOf, newSubscriptionOf } from '../subscriptions/reading.ts'
import { findLive } from '../subscriptions/subscriptions.ts'
import { draftInvoice } from './draft.ts'
import { costOf, newLine } from './invoice-item-params.ts'
import { createInvoiceItem, pendingItems } from './invoice-items.ts'
import { asPreview, newInvoice, nextInvoice, type IsMeant } from './preview.ts'
import { previewParams, type PreviewDetails, type PreviewGiven } from './preview-params.ts'

export const invoicePreview: Endpoint[] = [
  collection(['POST', '/v1/invoices/create_preview'], previewParams, (given, ctx) => {
    const { customer, invoice } = previewOf(given, ctx)
    if (invoice) return invoice
    throw new ApiError(404, 'invalid_request_error', `No upcoming invoices for customer: ${customer}`, {
      code: 'invoice_upcoming_none',
    })
  }),
]

/**
 * What would be invoiced if this were done: it is done, in a world of its own, and the invoice that comes of it is the
 * answer, the one that arises at once or else the next one.
 */
export function previewOf(given: PreviewGiven, requestCtx: Context): { customer: string; invoice: Invoice | null } {
  refuseMixed(given)
  const id = customerNamed(given, requestCtx)
  const fork = forkFor(id, onClockOf(id, requestCtx))
  const known = new Set(fork.state.invoices.keys())
  const customer = findCustomer(id, fork)
  if (given.discounts === null) customer.discount = null
  for (const [at, item] of (given.invoice_items ?? []).entries()) addItem(item, { customer, at }, fork)
  const isMeant = act(given, customer, fork)
  const invoice =
    [...fork.state.subscriptions.values()].some(isLive) || plansAny(fork)
      ? (newInvoice(known, isMeant, fork) ?? nextInvoice(id, isMeant, fork))
      : oneOff(given, customer, fork)
  return { customer: id, invoice: invoice && asPreview(invoice) }
}

/** Does what is asked, and says whose invoices the preview is about. */
function act(given: PreviewGiven, customer: Customer, fork: Context): IsMeant {
  const { schedule, schedule_details: plan, subscription: named, subscription_details: details } = given
  if (schedule !== undefined || plan) {
    const id = scheduled(schedule, plan, customer, fork)
    return (subscription) => fork.state.schedules.get(id)?.subscription === subscription
  }
  if (named !== undefined) {
    alter(findLive(named, fork), given, fork)
    return (subscription) => subscription === named
  }
  if (!details?.items) return () => true
  const begun = begin(given, details, { customer, fork })
  return (subscription) => subscription === begun.id
}

/** Plans, or changes the plan; answers the schedule's id. */
function scheduled(
  id: string | undefined,
  plan: PreviewGiven['schedule_details'],
  customer: Customer,
  fork: Context,
): string {
  if (id === undefined) {
    const { phases = [], end_behavior } = plan ?? {}
    return createSchedule({ customer, phases, end_behavior }, fork).id
  }
  const schedule = fork.state.schedules.get(id)
  if (!schedule) throw noSuch('subscription_schedule', id, 'schedule')
  if (plan) updateSchedule(schedule, plan, fork)
  return id
}

function begin(
  { currency, discounts }: PreviewGiven,
  details: PreviewDetails,
  { customer, fork }: { customer: Customer; fork: Context },
): Subscription {
  const { billing_cycle_anchor: anchor, items = [], cancel_now, resume_at, proration_date, ...rest } = details
  const [misplaced] = Object.entries({ cancel_now, resume_at, proration_date }).filter(
    ([, value]) => value !== undefined,
  )
  if (misplaced) {
    const param = `subscription_details[${misplaced[0]}]`
    throw invalidRequest(`\`${param}\` can only be passed with \`subscription\`.`, { param })
  }
  const priced = items.map(({ price, quantity, discounts: own, metadata }, at) => {
    const param = `subscription_details[items][${at}][price]`
    if (price === undefined)
      throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
    return { price, quantity, discounts: own, metadata }
  })
  const asked = {
    ...rest,
    billing_cycle_anchor: anchor?.timestamp,
    cancel_at: rest.cancel_at ?? undefined,
    currency,
    customer: customer.id,
    discounts,
    items: priced,
    payment_behavior: 'default_incomplete' as const,
  }
  return createSubscription(newSubscriptionOf(asked, customer, fork), fork)
}

function alter(
  subscription: Subscription,
  { discounts, subscription_details: details = {} }: PreviewGiven,
  fork: Context,
): void {
  const { billing_cycle_anchor: anchor, cancel_now: cancel, resume_at: resume, ...rest } = details
  const prorationBehavior = details.proration_behavior ?? 'create_prorations'
  if (cancel) {
    cancelSubscription(subscription, { invoiceNow: true, prorate: prorationBehavior !== 'none' }, fork)
    return
  }
  if (resume) {
    resumeSubscription(
      subscription,
      {
        anchor: anchor?.type === 'unchanged' ? 'unchanged' : 'now',
        prorationBehavior,
        prorationDate: details.proration_date,
        payment: 'resume_on_payment_attempt',
      },
      fork,
    )
    return
  }
  if (anchor?.type === 'timestamp') {
    throw invalidRequest('The anchor of a subscription can only become `now` or stay `unchanged`.', {
      param: 'subscription_details[billing_cycle_anchor][type]',
    })
  }
  const asked = { ...rest, discounts, billing_cycle_anchor: anchor && { type: anchor.type } }
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length > 0) changeSubscription(subscription, changeOf(given, subscription, fork), fork)
}

function addItem(
  given: NonNullable<PreviewGiven['invoice_items']>[number],
  { customer, at }: { customer: Customer; at: number },
  fork: Context,
): void {
  const param = `invoice_items[${at}]`
  const { unit_amount: rate, ...rest } = given
  const asked = rate === undefined ? rest : { ...rest, unit_amount_decimal: String(rate) }
  const cost = costOf(asked, { customer, priceParam: `${param}[price]` }, fork)
  if (!cost) {
    throw invalidRequest(`Missing required param: ${param}[amount].`, {
      code: 'parameter_missing',
      param: `${param}[amount]`,
    })
  }
  const holder = { customer: customer.id, currency: cost.currency, amount: cost.amount }
  createInvoiceItem({ ...newLine(given, { cost, subscription: null, holder }, fork), customer }, fork)
}

/** Whoever has no subscription is invoiced for what waits. */
function oneOff({ currency, discounts }: PreviewGiven, customer: Customer, fork: Context): Invoice | null {
  const waiting = [...fork.state.invoiceItems.values()].find(({ invoice }) => invoice === null)
  const inCurrency = currency ?? waiting?.currency ?? customer.currency ?? 'usd'
  if (pendingItems({ customer, subscription: null, currency: inCurrency }, fork.state).length === 0) return null
  const holder = { customer: customer.id, currency: inCurrency }
  return draftInvoice(
    {
      customer,
      subscription: null,
      currency: inCurrency,
      reason: 'manual',
      lines: [],
      pending: 'take',
      period: { start: fork.now, end: fork.now },
      autoAdvance: false,
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      discounts: discounts === undefined ? undefined : redeemAll(discounts ?? [], holder, fork).map(({ id }) => id),
    },
    fork,
  )
}

function isLive({ status }: Subscription): boolean {
  return status !== 'canceled' && status !== 'incomplete_expired'
}

function plansAny({ state }: Context): boolean {
  return [...state.schedules.values()].some(({ status }) => status === 'not_started')
}

/** Whose subscription or schedule it is about, or who is named. */
function customerNamed({ customer, schedule, subscription }: PreviewGiven, ctx: Context): string {
  const planned = schedule === undefined ? undefined : ctx.state.schedules.get(schedule)
  if (schedule !== undefined && !planned) throw noSuch('subscription_schedule', schedule, 'schedule')
  const owner = subscription === undefined ? planned?.customer : findLive(subscription, ctx).customer
  const id = owner ?? customer
  if (id === undefined) {
    throw invalidRequest('You must pass a customer, a subscription or a schedule.', { param: 'customer' })
  }
  if (customer !== undefined && customer !== id) {
    const param = subscription === undefined ? 'schedule' : 'subscription'
    throw invalidRequest(`The ${param} does not belong to customer ${customer}.`, { param })
  }
  return findCustomer(id, ctx, 'customer').id
}

function refuseMixed(given: PreviewGiven): void {
  if (given.preview_mode === 'recurring') throw notCovered('preview_mode=recurring', 'preview_mode')
  if (given.schedule === undefined && given.schedule_details === undefined) return
  for (const name of ['subscription', 'subscription_details'] as const) {
    if (given[name] === undefined) continue
    throw invalidRequest(`\`${name}\` cannot be passed with \`schedule\` or \`schedule_details\`.`, { param: name })
  }
}
