import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { createSchedule } from '../schedules/new-schedule.ts'
import { updateSchedule } from '../schedules/schedule-change.ts'
import type { Customer, Subscription } from '../state/state.ts'
import { cancelSubscription } from '../subscriptions/cancellation.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { resumeSubscription } from '../subscriptions/pausing.ts'
import { changeOf, newSubscriptionOf } from '../subscriptions/reading.ts'
import { findLive } from '../subscriptions/subscriptions.ts'
import { costOf, newLine } from './invoice-item-params.ts'
import { createInvoiceItem } from './invoice-items.ts'
import type { IsMeant } from './preview.ts'
import type { PreviewDetails, PreviewGiven } from './preview-params.ts'

/** Does what is asked, and says whose invoices the preview is about; null if it is about no subscription. */
export function act(given: PreviewGiven, customer: Customer, fork: Context): IsMeant | null {
  const { schedule, schedule_details: plan, subscription: named, subscription_details: details } = given
  if (schedule !== undefined || plan) {
    const id = scheduled(schedule, plan, customer, fork)
    return (subscription) => fork.state.schedules.get(id)?.subscription === subscription
  }
  if (named !== undefined) {
    alter(findLive(named, fork), given, fork)
    return (subscription) => subscription === named
  }
  if (!details?.items) return null
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

/** Something that would be billed besides. */
export function addItem(
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
