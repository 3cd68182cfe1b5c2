import { pass } from '../clocks/agenda.ts'
import { agendas } from '../clocks/agendas.ts'
import { clockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { newId, randomText } from '../ids.ts'
import { copyOf } from '../state/copy.ts'
import { forkFor } from '../state/fork.ts'
import { settingsOf } from '../state/settings.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import { settlementOf } from './invoice-totals.ts'

/** No period is longer than three years. */
const horizon = 4 * 366 * 86_400

/** Says of a subscription's id whether its invoices are meant. */
export type IsMeant = (subscription: string) => boolean

/** The next invoice of a subscription if nobody does anything; null if it will have none. */
export function upcomingInvoice(subscription: Subscription, ctx: Context): Invoice | null {
  const fork = forkFor(subscription.customer, ctx)
  const invoice = nextInvoice(subscription.customer, (id) => id === subscription.id, fork)
  return invoice && asPreview(invoice)
}

/** Lets time pass in a fork until a subscription that is meant is invoiced. */
export function nextInvoice(customer: string, isMeant: IsMeant, fork: Context): Invoice | null {
  const known = new Set(fork.state.invoices.keys())
  letNothingEnd(fork)
  const course = { clock: clockOf(customer, fork.state)?.id ?? null, agendas }
  const passing = pass(fork.now + horizon, course, fork)
  while (!passing.next().done) {
    const invoice = newInvoice(known, isMeant, fork)
    if (invoice) return invoice
  }
  return null
}

/**
 * An upcoming invoice shows "all the charges that are pending", and does not foretell who will pay: a subscription goes on
 * after its last failed payment, and after a trial without a payment method. Nobody is told of what is to come, because
 * telling would look ahead again. https://docs.stripe.com/api/invoices/create_preview
 */
function letNothingEnd({ state }: Context): void {
  Object.assign(settingsOf(state), { upcomingDays: 0, retries: { days: [], then: 'leave_past_due' } })
  for (const subscription of state.subscriptions.values()) {
    const trial = subscription.trial_settings
    // What has ended is not the fork's own.
    if (trial && !hasEnded(subscription)) trial.end_behavior.missing_payment_method = 'create_invoice'
  }
}

/** What has come into being in a fork beside the invoices that are known. */
export function newInvoice(known: ReadonlySet<string>, isMeant: IsMeant, { state }: Context): Invoice | null {
  for (const invoice of state.invoices.values()) {
    if (known.has(invoice.id)) continue
    const subscription = invoice.parent?.subscription_details?.subscription
    if (subscription !== undefined && isMeant(subscription)) return invoice
  }
  return null
}

/** An invoice that exists in a fork only, as it was before anybody paid for it. */
export function asPreview(invoice: Invoice): Invoice {
  const id = `upcoming_in_${randomText(24)}`
  const lines = invoice.lines.data.map((line) => ({ ...line, id: newId('il_tmp'), invoice: id }))
  return {
    ...copyOf(invoice),
    ...blank,
    id,
    amount_remaining: invoice.amount_due,
    billing_reason: 'upcoming',
    ending_balance: settlementOf(invoice.total, invoice.starting_balance, invoice.currency).balance,
    lines: { ...invoice.lines, data: copyOf(lines), url: `/v1/invoices/${id}/lines` },
  }
}

const blank = {
  amount_overpaid: 0,
  amount_paid: 0,
  attempt_count: 0,
  attempted: false,
  effective_at: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  number: null,
  status: 'draft',
  status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
} satisfies Partial<Invoice>
