import { formatMoney, formatRate } from '../arithmetic/money.ts'
import { couponOf } from '../catalogue/discounts.ts'
import type { Coupon, Invoice, InvoiceLine, State } from '../state/state.ts'
import { customerOf } from './draft.ts'

/** What an invoice says to people, on its page and on paper alike. */
export interface InvoiceFacts {
  name: string
  status: { kind: 'good' | 'waiting' | 'bad' | 'quiet'; text: string }
  from: string
  to: string[]
  /** Seconds. */
  dates: { label: string; at: number }[]
  /** What is asked for, or was: the one amount that everybody looks for. */
  headline: { amount: string; text: string; on: number | null }
  lines: LineFacts[]
  sums: { label: string; amount: string; strong: boolean }[]
  notes: string[]
}

export interface LineFacts {
  description: string
  /** Seconds; null where the line is about one moment. */
  period: { start: number; end: number } | null
  quantity: string
  unit: string
  amount: string
  /** What its discounts take off it. */
  discounts: string[]
}

export function factsOf(invoice: Invoice, { state, now }: { state: State; now: number }): InvoiceFacts {
  const { created, due_date: due, effective_at: issued, status_transitions: moments } = invoice
  return {
    name: `Invoice ${invoice.number ?? 'draft'}`,
    status: statusOf(invoice, now),
    from: invoice.account_name ?? '',
    to: addressee(invoice),
    dates: [
      { label: 'Issued', at: issued ?? created },
      ...(due === null ? [] : [{ label: 'Due', at: due }]),
      ...(moments.paid_at === null ? [] : [{ label: 'Paid', at: moments.paid_at }]),
      ...(moments.voided_at === null ? [] : [{ label: 'Voided', at: moments.voided_at }]),
    ],
    headline: headlineOf(invoice),
    lines: invoice.lines.data.map((line) => lineFacts(line, state)),
    sums: sumsOf(invoice, state),
    notes: [invoice.description, invoice.footer].filter((note) => note !== null),
  }
}

/** Not for somebody who was deleted, which "prevents any further operations": https://docs.stripe.com/api/customers/delete */
export function isPayable(invoice: Invoice, state: State): boolean {
  const { status, amount_remaining: remaining } = invoice
  return (status === 'open' || status === 'uncollectible') && remaining > 0 && customerOf(invoice, state) !== null
}

function statusOf(invoice: Invoice, now: number): InvoiceFacts['status'] {
  const { attempted, due_date: due, status } = invoice
  switch (status) {
    case 'paid':
      return { kind: 'good', text: 'Paid' }
    case 'open':
      return (due === null ? attempted : due <= now)
        ? { kind: 'bad', text: 'Past due' }
        : { kind: 'waiting', text: 'Open' }
    case 'uncollectible':
      return { kind: 'bad', text: 'Uncollectible' }
    case 'void':
      return { kind: 'quiet', text: 'Void' }
    case 'draft':
    case null:
      return { kind: 'waiting', text: 'Draft' }
  }
}

function headlineOf(invoice: Invoice): InvoiceFacts['headline'] {
  const {
    amount_due: due,
    amount_remaining: remaining,
    currency,
    due_date: dueDate,
    status,
    status_transitions,
  } = invoice
  if (status === 'paid') return { amount: formatMoney(due, currency), text: 'paid on', on: status_transitions.paid_at }
  if (status === 'void') return { amount: formatMoney(due, currency), text: 'void', on: null }
  return { amount: formatMoney(remaining, currency), text: dueDate === null ? 'due' : 'due by', on: dueDate }
}

function addressee({ customer_address: address, customer_email: email, customer_name: name }: Invoice): string[] {
  const place = [address?.postal_code, address?.city, address?.state].filter(Boolean).join(' ')
  const lines = [name, address?.line1, address?.line2, place, address?.country, email]
  return lines.flatMap((line) => (line ? [line] : []))
}

function lineFacts(line: InvoiceLine, state: State): LineFacts {
  const { amount, currency, description, discount_amounts: taken, discounts, period, pricing, quantity } = line
  const rate = pricing?.unit_amount_decimal ?? null
  const own = (taken ?? []).filter(({ discount, amount: off }) => off > 0 && discounts.includes(discount))
  return {
    description: description ?? '',
    period: period.start === period.end ? null : period,
    quantity: quantity === null ? '' : String(quantity),
    unit: rate === null ? '' : formatRate(rate, currency),
    amount: formatMoney(amount, currency),
    discounts: own.map(({ discount, amount: off }) => `${nameOf(discount, state)}: ${formatMoney(-off, currency)}`),
  }
}

function sumsOf(invoice: Invoice, state: State): InvoiceFacts['sums'] {
  const { currency, discounts, total_discount_amounts: taken } = invoice
  const row = (label: string, amount: number, strong = false) => ({
    label,
    amount: formatMoney(amount, currency),
    strong,
  })
  const shared = (taken ?? []).filter(({ discount }) => discounts.includes(discount))
  return [
    row('Subtotal', invoice.subtotal),
    ...shared.map(({ discount, amount }) => row(nameOf(discount, state), -amount)),
    row('Total', invoice.total),
    ...balanceRow(invoice, row),
    ...(invoice.amount_paid === 0 ? [] : [row('Amount paid', -invoice.amount_paid)]),
    row('Amount due', invoice.amount_remaining, true),
  ]
}

/** What the customer's balance makes of the total. */
function balanceRow<Row>(invoice: Invoice, row: (label: string, amount: number) => Row): Row[] {
  const { amount_due: due, ending_balance: after, starting_balance: before, total } = invoice
  const moved = due - total
  if (moved === 0) return []
  if (total < 0) return [row('Credited to your balance', moved)]
  if (moved > 0) return [row('Owed from earlier invoices', moved)]
  return [row((after ?? before) > 0 ? 'Added to your next invoice' : 'Applied balance', moved)]
}

/** `Summer sale (25% off)`. */
function nameOf(id: string, state: State): string {
  const discount = state.discounts.get(id)
  if (!discount) return 'Discount'
  const coupon = couponOf(discount, state)
  const code = state.promotionCodes.get(discount.promotion_code ?? '')?.code
  return `${coupon.name ?? code ?? 'Discount'} (${termsOf(coupon)})`
}

function termsOf({ amount_off: amount, currency, percent_off: percent }: Coupon): string {
  return percent === null ? `${formatMoney(amount ?? 0, currency ?? 'usd')} off` : `${percent}% off`
}
