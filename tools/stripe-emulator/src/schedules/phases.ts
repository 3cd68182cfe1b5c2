import { periodEnd } from '../arithmetic/billing-period.ts'
import { findActivePrice } from '../catalogue/prices.ts'
import { redeemAll, type Holder } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import { findPaymentMethod } from '../payments/payment-methods.ts'
import { forkFor } from '../state/fork.ts'
import type { Customer, Price, SubscriptionSchedule } from '../state/state.ts'
import type { NewDiscount } from '../subscriptions/new-subscription.ts'
import type { GivenPhase } from './schedule-params.ts'

export type Phase = SubscriptionSchedule['phases'][number]
type PhaseItem = Phase['items'][number]

/** Lays out the phases one after the other, the first from `start`, and checks all that they name. */
export function layOut(given: GivenPhase[], { customer, start }: { customer: Customer; start: number }, ctx: Context) {
  const phases: Phase[] = []
  for (const [at, asked] of given.entries()) {
    const param = `phases[${at}]`
    const begins = phases.at(-1)?.end_date ?? start
    if (asked.start_date !== undefined && at > 0 && seconds(asked.start_date, ctx) !== begins) {
      throw invalidRequest(`The start date of a phase must be the end date of the phase before it.`, {
        param: `${param}[start_date]`,
      })
    }
    phases.push(phaseFrom(asked, { customer, start: begins, param }, ctx))
  }
  const [first, odd] = [phases[0], phases.find(({ currency }) => currency !== phases[0]?.currency)]
  if (first && odd) throw invalidRequest(`All phases must be in ${first.currency}, not ${odd.currency}.`)
  return phases
}

/** The seconds that a moment stands for. */
export function seconds(moment: number | 'now', { now }: Context): number {
  return moment === 'now' ? now : moment
}

/** A plan that is over already plans nothing. */
export function refusePast(phases: Phase[], { now }: Context): void {
  if ((phases.at(-1)?.end_date ?? 0) > now) return
  throw invalidRequest('The last phase of the schedule must end in the future.', { param: 'phases' })
}

/** The phase in which this moment lies. */
export function phaseAt(phases: Phase[], moment: number): Phase | null {
  return phases.find(({ start_date: start, end_date: end }) => start <= moment && moment < end) ?? null
}

interface Place {
  customer: Customer
  start: number
  param: string
}

function phaseFrom(given: GivenPhase, { customer, start, param }: Place, ctx: Context): Phase {
  const prices = given.items.map(({ price }, at) => findActivePrice(price, ctx, `${param}[items][${at}][price]`))
  const items = given.items.map((item, at) => phaseItem(item, prices[at], `${param}[items][${at}]`))
  const currency = currencyOf(given, prices, param)
  const end = endOf(given, { start, price: prices[0], param }, ctx)
  for (const discounts of [given.discounts ?? [], ...given.items.map((item) => item.discounts ?? [])]) {
    tryDiscounts(discounts, { customer: customer.id, currency, param: `${param}[discounts]` }, ctx)
  }
  refuseForeignMethod(given.default_payment_method, customer, ctx, `${param}[default_payment_method]`)
  return {
    add_invoice_items: (given.add_invoice_items ?? []).map((item, at) => {
      const price = findActivePrice(item.price, ctx, `${param}[add_invoice_items][${at}][price]`)
      return {
        discountable: null,
        discounts: [],
        metadata: {},
        period: { end: { type: 'min_item_period_end' }, start: { type: 'max_item_period_start' } },
        price: price.id,
        quantity: item.quantity ?? 1,
        tax_rates: [],
      }
    }),
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: given.billing_cycle_anchor ?? null,
    billing_thresholds: null,
    collection_method: given.collection_method ?? null,
    currency,
    default_payment_method: given.default_payment_method ?? null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: storedDiscounts(given.discounts),
    end_date: end,
    invoice_settings: invoiceSettings(given.invoice_settings?.days_until_due),
    items,
    metadata: given.metadata ?? {},
    on_behalf_of: null,
    proration_behavior: given.proration_behavior ?? 'create_prorations',
    start_date: start,
    transfer_data: null,
    ...(given.trial !== undefined && { trial: given.trial }),
    trial_end: trialEnd(given, { start, end, param }, ctx),
  }
}

/** What could not be redeemed today will hardly be when the phase begins. Those that are there already stay. */
function tryDiscounts(discounts: NewDiscount[], holder: Holder, ctx: Context): void {
  const fresh = discounts.filter(({ discount }) => discount === undefined)
  if (fresh.length > 0) redeemAll(fresh, holder, forkFor(holder.customer ?? '', ctx))
}

/** A phase that does not say how long it lasts is one interval of its first price long. */
function endOf(
  { duration, end_date: end }: GivenPhase,
  { start, price, param }: { start: number; price: Price | undefined; param: string },
  ctx: Context,
): number {
  if (duration && end !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: duration, end_date.', { param })
  }
  if (end !== undefined) {
    if (seconds(end, ctx) > start) return seconds(end, ctx)
    throw invalidRequest('The end date of a phase must be after its start date.', { param: `${param}[end_date]` })
  }
  const length = duration ?? price?.recurring
  if (!length) throw invalidRequest('The prices of a phase must be recurring.', { param: `${param}[items]` })
  return periodEnd(start, { interval: length.interval, interval_count: length.interval_count ?? 1 }, start)
}

function trialEnd(
  { trial, trial_end: given, billing_cycle_anchor: anchor }: GivenPhase,
  { start, end, param }: { start: number; end: number; param: string },
  ctx: Context,
): number | null {
  if ((trial || given !== undefined) && anchor === 'phase_start') {
    throw invalidRequest('billing_cycle_anchor cannot be phase_start in a phase with a trial.', {
      param: `${param}[billing_cycle_anchor]`,
    })
  }
  if (given === undefined) return trial ? end : null
  const until = seconds(given, ctx)
  if (until < start || until > end || (trial && until !== end)) {
    throw invalidRequest('The trial must end within its phase; with trial=true at its end.', {
      param: `${param}[trial_end]`,
    })
  }
  return until
}

function phaseItem(given: GivenPhase['items'][number], price: Price | undefined, param: string): PhaseItem {
  if (!price?.recurring) throw invalidRequest('The prices of a phase must be recurring.', { param: `${param}[price]` })
  const metered = price.recurring.usage_type === 'metered'
  if (metered && given.quantity !== undefined) {
    throw invalidRequest('A metered price has no quantity.', { param: `${param}[quantity]` })
  }
  return {
    billing_thresholds: null,
    discounts: storedDiscounts(given.discounts),
    metadata: given.metadata ?? {},
    plan: price.id,
    price: price.id,
    ...(!metered && { quantity: given.quantity ?? 1 }),
    tax_rates: [],
  }
}

function currencyOf({ currency: given }: GivenPhase, prices: Price[], param: string): string {
  const currency = given ?? prices[0]?.currency
  if (currency === undefined) {
    throw invalidRequest('A phase has at least one item.', { code: 'parameter_missing', param: `${param}[items]` })
  }
  const odd = prices.findIndex((price) => price.currency !== currency)
  if (odd < 0) return currency
  throw invalidRequest(`The price is not in ${currency}.`, { param: `${param}[items][${odd}][price]` })
}

export function refuseForeignMethod(method: string | undefined, customer: Customer, ctx: Context, param: string): void {
  if (method === undefined || findPaymentMethod(method, ctx, param).customer === customer.id) return
  throw invalidRequest(`The payment method ${method} is not attached to customer ${customer.id}.`, { param })
}

export function invoiceSettings(daysUntilDue: number | undefined): Phase['invoice_settings'] {
  if (daysUntilDue === undefined) return null
  return {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: daysUntilDue,
    description: null,
    footer: null,
    issuer: null,
  }
}

function storedDiscounts(given: NewDiscount[] | null | undefined): Phase['discounts'] {
  return (given ?? []).map(({ coupon = null, discount = null, promotion_code: code = null }) => ({
    coupon,
    discount,
    promotion_code: code,
  }))
}
