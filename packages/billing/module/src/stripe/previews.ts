import type { InvoiceLine, Money } from '@lightpress/billing-contract'
import { compare, minus, money, plus } from '@lightpress/billing-contract/money'
import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { atOnce, goingOn, type ItemChange, type Standing, type StandingDiscount } from './changes.ts'
import { ask, fromSeconds, idOf, isOurMistake } from './client.ts'

/** An invoice that Stripe would make. */
export interface PreviewedInvoice {
  total: Money
  /** What would be charged: the total, with what stands to the customer's credit or debit. */
  amountDue: Money
  /** What stood there before: below zero it is the customer's. */
  balance: Money
  at: Date
  /** They add up to the total. */
  lines: InvoiceLine[]
}

/** What a change at once would charge; null where it charges nothing, and the next invoice comes when it comes. */
export async function previewCharge(
  standing: Standing,
  change: { items: ItemChange[]; prorateAt: Date },
  ctx: BillingContext,
): Promise<PreviewedInvoice | null> {
  // What is said in a trial makes no invoice before its end.
  if (standing.status === 'trialing') return null
  const invoice = await create({ subscription: standing.id, subscription_details: atOnce(standing, change) }, ctx)
  // For want of one that comes at once Stripe shows the next.
  const end = standing.currentPeriodEnd.getTime() / 1000
  // What is credited for a time to come, as of a planned end, waits to be charged and is in every one.
  const isNext = invoice?.lines.data.some(
    ({ parent, period }) => parent?.subscription_item_details?.proration === false && period.start >= end,
  )
  return invoice && !isNext ? toPreview(invoice) : null
}

/** The next invoice as things are; null where none will come. */
export async function previewNext(subscriptionId: string, ctx: BillingContext): Promise<PreviewedInvoice | null> {
  const invoice = await create({ subscription: subscriptionId }, ctx)
  return invoice && toPreview(invoice)
}

/**
 * What the seats of a subscription would cost for a whole period, less the discounts that last until it is charged, and
 * when such a period would end. Stripe is asked what it would charge if one began now: it has no words for a later one.
 */
export async function previewSeats(
  { standing, items, seatPriceId, lasts }: SeatsToCome,
  ctx: BillingContext,
): Promise<{ total: Money; until: Date }> {
  const anew =
    standing.status === 'trialing' ? { trial_end: 'now' as const } : { billing_cycle_anchor: { type: 'now' as const } }
  const details = { items, proration_behavior: 'none' as const, ...anew, ...goingOn(standing) }
  const invoice = await create({ subscription: standing.id, subscription_details: details }, ctx)
  const all = invoice?.lines.data ?? []
  const seats = all.filter((line) => chargedPrice(line) === seatPriceId)
  if (seats.length === 0) throw new TypeError(`Stripe charges no seats of ${seatPriceId} in a new period`)
  const until = fromSeconds(Math.max(...seats.map(({ period }) => period.end)))
  const { currency } = standing
  const parts = among(standing, (one) => !one.isAmount && lasts(one, until))
  const amounts = among(standing, (one) => one.isAmount && lasts(one, until))
  const off = plus(offOf(seats, currency, parts), offOf(all, currency, amounts))
  return { total: minus(sumOf(seats, currency), off), until }
}

interface SeatsToCome {
  standing: Standing
  items: ItemChange[]
  seatPriceId: string
  lasts: Lasts
}

/** Whether a discount is still there when seats are charged next, if a period that begins now ends `until`. */
export type Lasts = (discount: StandingDiscount, until: Date) => boolean

/**
 * What stands on the next invoice beside seats, and when it comes if nothing ends: what is used of these prices, and, if
 * asked, what waits for it. An amount that is taken off the whole of an invoice is taken off its seats already.
 */
export async function previewRest(
  standing: Standing,
  { usageOf, waiting, lasts }: { usageOf: readonly string[]; waiting: boolean; lasts: Lasts },
  ctx: BillingContext,
): Promise<{ total: Money; balance: Money; at: Date }> {
  const ending = goingOn(standing)
  const details = Object.keys(ending).length > 0 && { subscription_details: ending }
  const invoice = await create({ subscription: standing.id, ...details }, ctx)
  const lines = (invoice?.lines.data ?? []).filter((line) => {
    const price = chargedPrice(line)
    return price === null ? waiting : usageOf.includes(price)
  })
  const { currency } = standing
  const parts = among(standing, (one) => !one.isAmount && lasts(one, standing.currentPeriodEnd))
  return {
    total: minus(sumOf(lines, currency), offOf(lines, currency, parts)),
    balance: money(invoice?.starting_balance ?? 0, currency),
    at: invoice ? fromSeconds(invoice.period_end) : standing.currentPeriodEnd,
  }
}

/** Null where there is no such invoice to come. */
async function create(params: Sdk.InvoiceCreatePreviewParams, ctx: BillingContext): Promise<Sdk.Invoice | null> {
  try {
    return await ask(ctx, (stripe) => stripe.invoices.createPreview(params))
  } catch (error) {
    if (isOurMistake(error) && error.code === 'invoice_upcoming_none') return null
    throw error
  }
}

/** What a line charges for a whole period, in advance or as it was used; null for what waited for an invoice. */
function chargedPrice({ parent, pricing }: Sdk.InvoiceLineItem): string | null {
  const item = parent?.subscription_item_details
  const price = pricing?.price_details?.price
  return item && !item.proration && price ? idOf(price) : null
}

/** Says of Stripe's id of a discount whether it is one of these. */
function among({ discounts }: Standing, meant: (discount: StandingDiscount) => boolean): (id: string) => boolean {
  const ids = new Set(discounts.filter(meant).map(({ id }) => id))
  return (id) => ids.has(id)
}

function sumOf(lines: Sdk.InvoiceLineItem[], currency: string): Money {
  return lines.reduce((sum, { amount }) => plus(sum, money(amount, currency)), money(0, currency))
}

/** What these discounts take off. */
function offOf(lines: Sdk.InvoiceLineItem[], currency: string, counts: (discount: string) => boolean): Money {
  const taken = lines.flatMap(({ discount_amounts: off }) => off ?? []).filter(({ discount }) => counts(idOf(discount)))
  return taken.reduce((sum, { amount }) => plus(sum, money(amount, currency)), money(0, currency))
}

function toPreview(invoice: Sdk.Invoice): PreviewedInvoice {
  const { currency } = invoice
  const total = money(invoice.total, currency)
  return {
    total,
    amountDue: money(invoice.amount_due, currency),
    balance: money(invoice.starting_balance, currency),
    at: fromSeconds(invoice.period_end),
    lines: linesOf(invoice, total),
  }
}

/** Those of Stripe, whose words are for people; then what was taken off, and what else there is, such as taxes. */
function linesOf({ lines, currency, total_discount_amounts: off }: Sdk.Invoice, total: Money): InvoiceLine[] {
  const nothing = money(0, currency)
  const own = lines.data.map(({ description, amount }) => ({
    description: description ?? 'Subscription',
    amount: money(amount, currency),
  }))
  const discount = (off ?? []).reduce((sum, { amount }) => minus(sum, money(amount, currency)), nothing)
  const said = [...own, { description: 'Discount', amount: discount }]
  const sum = said.reduce((all, { amount }) => plus(all, amount), nothing)
  const rest = { description: 'Taxes and what else was charged', amount: minus(total, sum) }
  return [...said, rest].filter(({ amount }) => compare(amount, nothing) !== 0)
}
