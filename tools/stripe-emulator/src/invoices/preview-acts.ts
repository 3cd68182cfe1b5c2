import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { createSchedule } from '../schedules/new-schedule.ts'
import { updateSchedule } from '../schedules/schedule-change.ts'
import type { Customer, InvoiceItem, Subscription, SubscriptionSchedule } from '../state/state.ts'
import { cancelSubscription } from '../subscriptions/cancellation.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { refuseMisplaced } from '../subscriptions/checks.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { resumeSubscription } from '../subscriptions/pausing.ts'
import { creditUnused } from '../subscriptions/prorations.ts'
import { changeOf, newSubscriptionOf } from '../subscriptions/reading.ts'
import { findLive } from '../subscriptions/subscriptions.ts'
import { costOf, newLine, refuseOtherCurrency } from './invoice-item-params.ts'
import { createInvoiceItem } from './invoice-items.ts'
import type { IsMeant } from './preview.ts'
import { refuseAnchor, refuseBesideCancellation, refuseBesideResumption, refuseOfNew } from './preview-checks.ts'
import type { PreviewDetails, PreviewGiven } from './preview-params.ts'

/** Whose invoices a preview is about. */
interface Subject {
  currency: string
  isMeant: IsMeant
}

/** Does what is asked, and says whom the preview is about; null if it is about no subscription. */
export function act(given: PreviewGiven, customer: Customer, fork: Context): Subject | null {
  const { schedule, schedule_details: plan, subscription: named, subscription_details: details } = given
  if (schedule !== undefined || plan) {
    const { id, phases } = scheduled(schedule, plan, customer, fork)
    const isMeant: IsMeant = (subscription) => fork.state.schedules.get(id)?.subscription === subscription
    return { currency: phases[0]?.currency ?? 'usd', isMeant }
  }
  if (named !== undefined) {
    const subscription = findLive(named, fork)
    alter(subscription, given, fork)
    return { currency: subscription.currency, isMeant: (id) => id === named }
  }
  if (!details?.items) return null
  const begun = begin(given, details, { customer, fork })
  return { currency: begun.currency, isMeant: (id) => id === begun.id }
}

/** Plans, or changes the plan. */
function scheduled(
  id: string | undefined,
  plan: PreviewGiven['schedule_details'],
  customer: Customer,
  fork: Context,
): SubscriptionSchedule {
  if (id === undefined) {
    const { phases = [], end_behavior } = plan ?? {}
    return createSchedule({ customer, phases, start: phases[0]?.start_date, end_behavior }, fork)
  }
  const schedule = fork.state.schedules.get(id)
  if (!schedule) throw noSuch('subscription_schedule', id, 'schedule')
  if (plan) updateSchedule(schedule, plan, fork)
  return schedule
}

function begin(
  { currency, discounts }: PreviewGiven,
  details: PreviewDetails,
  { customer, fork }: { customer: Customer; fork: Context },
): Subscription {
  refuseOfNew(details)
  const { billing_cycle_anchor: anchor, items = [], ...rest } = details
  refuseAnchor(anchor, { isNew: true })
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

function alter(subscription: Subscription, given: PreviewGiven, fork: Context): void {
  const { discounts, subscription_details: details = {} } = given
  const { billing_cycle_anchor: anchor, cancel_now: cancel, resume_at: resume, ...rest } = details
  const prorationBehavior = details.proration_behavior ?? 'create_prorations'
  if (cancel) {
    refuseBesideCancellation(given)
    cancelAsOf(subscription, { prorates: prorationBehavior !== 'none', at: details.proration_date }, fork)
    return
  }
  refuseAnchor(anchor, { isNew: false })
  if (resume) {
    refuseBesideResumption(given)
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
  const asked = { ...rest, discounts, billing_cycle_anchor: anchor && { type: anchor.type } }
  const changes = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  if (Object.keys(changes).length > 0) changeSubscription(subscription, changeOf(changes, subscription, fork), fork)
}

/** Ends it now, and credits what was paid for the time from some moment of its period on. */
function cancelAsOf(
  subscription: Subscription,
  { prorates, at }: { prorates: boolean; at: number | undefined },
  fork: Context,
): void {
  if (at !== undefined) refuseMisplaced({ proration_date: at }, subscription, fork)
  if (prorates) creditUnused(subscription, { at: at ?? fork.now, items: subscription.items.data }, fork)
  cancelSubscription(subscription, { invoiceNow: true }, fork)
}

/** Something that would be billed besides. */
export function addItem(
  given: NonNullable<PreviewGiven['invoice_items']>[number],
  { customer, at }: { customer: Customer; at: number },
  fork: Context,
): InvoiceItem {
  const param = `invoice_items[${at}]`
  const { unit_amount: rate, ...rest } = given
  if (rate !== undefined && given.unit_amount_decimal !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: unit_amount, unit_amount_decimal.', {
      code: 'parameters_exclusive',
      param: `${param}[unit_amount_decimal]`,
    })
  }
  const asked = rate === undefined ? rest : { ...rest, unit_amount_decimal: String(rate) }
  const cost = costOf(asked, { customer, priceParam: `${param}[price]` }, fork)
  if (!cost) {
    throw invalidRequest(`Missing required param: ${param}[amount].`, {
      code: 'parameter_missing',
      param: `${param}[amount]`,
    })
  }
  refuseOtherCurrency(given.currency, cost, `${param}[currency]`)
  const holder = { customer: customer.id, currency: cost.currency, amount: cost.amount }
  return createInvoiceItem({ ...newLine(given, { cost, subscription: null, holder }, fork), customer }, fork)
}
