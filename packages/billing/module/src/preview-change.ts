import type { ChangePreview, InvoiceLine, Money } from '@lightpress/billing-contract'
import { compare, minus, money, plus } from '@lightpress/billing-contract/money'
import { organizationOf } from '@lightpress/kernel'
import type { Input } from '@lightpress/protocol'
import { prorationMoment } from './change-rules.ts'
import type { BillingContext, Ops } from './context.ts'
import { planChange, readNow, type PlannedChange } from './planned-change.ts'
import { previewCharge, previewRest, previewSeats, type Lasts, type PreviewedInvoice } from './stripe/previews.ts'

/** Asks Stripe, who would do it, what it would charge; nothing is written. */
export async function previewChange(
  { planId, interval, seats }: Input<Ops['previewChange']>,
  ctx: BillingContext,
): Promise<ChangePreview> {
  const organizationId = organizationOf(ctx)
  const { standing, now } = await readNow(organizationId, ctx)
  const choice = { planId, interval, minimumSeats: seats ?? null }
  const planned = await planChange(standing, { organizationId, choice }, ctx)
  return preview(planned, prorationMoment(now, planned.standing), ctx)
}

/** What it costs if it is done as of a moment. */
export async function preview(planned: PlannedChange, at: Date, ctx: BillingContext): Promise<ChangePreview> {
  const { effective, terms, seats } = planned
  const lasts = lastsIn(planned)
  const [charge, following] = await Promise.all([
    previewNow(planned, at, ctx),
    previewSeats({ ...planned, lasts }, ctx),
  ])
  const rest = await previewRest(planned.standing, { ...besideSeats(planned, charge), lasts }, ctx)
  const nothing = money(0, planned.standing.currency)
  const due = charge?.amountDue ?? nothing
  const balance = charge ? plus(charge.total, charge.balance) : rest.balance
  return {
    effective,
    at: at.toISOString(),
    planId: terms.planId,
    interval: terms.interval,
    seats,
    dueNow: due,
    credit: compare(balance, nothing) < 0 ? minus(nothing, balance) : nothing,
    lines: charge ? linesOf(charge) : [],
    next: beginsAnew(planned)
      ? { total: following.total, at: following.until.toISOString() }
      : { total: plus(following.total, rest.total), at: rest.at.toISOString() },
  }
}

/** What is charged at once: null where nothing is. */
export async function previewNow(
  { effective, standing, items }: PlannedChange,
  prorateAt: Date,
  ctx: BillingContext,
): Promise<PreviewedInvoice | null> {
  return effective === 'now' ? previewCharge(standing, { items, prorateAt }, ctx) : null
}

/** Another interval begins a new period; in a trial none begins before its end. */
function beginsAnew({ effective, standing, terms }: PlannedChange): boolean {
  return effective === 'now' && standing.status !== 'trialing' && standing.interval !== terms.interval
}

/** A discount for a single invoice is for the one that comes at once. */
function lastsIn(planned: PlannedChange): Lasts {
  const { standing, effective } = planned
  const chargesNow = effective === 'now' && standing.status !== 'trialing'
  return ({ once, endsAt }, until) => {
    if (once) return !chargesNow
    return endsAt === null || endsAt > (beginsAnew(planned) ? until : standing.currentPeriodEnd)
  }
}

/** What is charged at once takes with it what waited; usage waits for the end of the period if it goes on being counted. */
function besideSeats({ standing, effective, items }: PlannedChange, charge: PreviewedInvoice | null) {
  const goes = (id: string) => effective === 'now' && items.some((item) => item.id === id)
  const used = standing.items.filter(({ id, quantity }) => quantity === null && !goes(id))
  return { usageOf: used.map(({ priceId }) => priceId), waiting: charge === null }
}

/** They add up to what is due, or to the credit that is left. */
function linesOf({ lines, total, balance, amountDue }: PreviewedInvoice): InvoiceLine[] {
  const nothing = money(0, total.currency)
  const sum = plus(total, balance)
  const isTooLittle = compare(sum, amountDue) > 0
  return [
    ...lines,
    line(compare(balance, nothing) < 0 ? 'Credit that you had' : 'Owed from before', balance),
    line('Too little to be charged now: goes to the next invoice', isTooLittle ? minus(amountDue, sum) : nothing),
  ].filter(({ amount }) => compare(amount, nothing) !== 0)
}

function line(description: string, amount: Money): InvoiceLine {
  return { description, amount }
}
