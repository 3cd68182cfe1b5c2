import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { subscriptionOf } from '../invoices/invoices.ts'
import { links } from '../links.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { date, dateAndTime } from '../pages/wording.ts'
import type { Invoice, InvoiceLine, InvoicePayment, State } from '../state/state.ts'
import { metadataFacts } from './customer-page.ts'
import { whoIs } from './customers-page.ts'
import { desk } from './desk-layout.ts'
import { eventsAbout } from './events.ts'
import { invoiceStanding } from './invoice-standing.ts'
import { linkTo, rawJson } from './objects.ts'
import { code, facts, heading, section, table, type Column } from './parts.ts'
import { invoiceBadge } from './statuses.ts'
import { eventsTable } from './tables.ts'
import { upcoming, upcomingTable } from './upcoming.ts'

/** An invoice from the inside; the page that its customer sees is another. */
export function invoiceDetailPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const invoice = state.invoices.get(id)
  if (!invoice) return null
  const payments = [...state.invoicePayments.values()].filter((payment) => payment.invoice === id).reverse()
  const names = [id, invoice.number ?? id]
  const dues = upcoming(state, invoice.customer ?? '').filter(({ what }) => names.some((name) => what.includes(name)))
  const page = html`<a class="button small secondary" href="${links.invoice(id)}">Customer’s page</a>`
  return desk(
    {
      title: invoice.number ?? 'Draft invoice',
      at: '/invoices',
      body: html`
        ${heading(html`${invoice.number ?? 'Draft invoice'} ${invoiceBadge(invoice)}`, {
          lead: code(id),
          actions: invoice.status !== 'draft' && page,
        })}
        ${invoiceStanding(invoice, ctx)} ${known(invoice, state)} ${section('Lines', linesTable(invoice, state))}
        ${section('Payments', paymentsTable(payments, state))}
        ${section('What happens next', upcomingTable(dues, state))}
        ${section('Events', eventsTable(eventsAbout(id, state), state))} ${rawJson(invoice, state)}
      `,
    },
    ctx,
  )
}

function known(invoice: Invoice, state: State): Html {
  const money = (amount: number | null): Content => amount !== null && formatMoney(amount, invoice.currency)
  const when = (seconds: number | null): Content => seconds !== null && dateAndTime(seconds)
  const subscription = subscriptionOf(invoice)
  return facts({
    Customer: whoIs(invoice.customer, state),
    Subscription: subscription !== null && linkTo(subscription, state),
    Why: invoice.billing_reason?.replaceAll('_', ' '),
    Total: money(invoice.total),
    'From the balance': invoice.ending_balance !== null && money(invoice.ending_balance - invoice.starting_balance),
    'Amount due': money(invoice.amount_due),
    Paid: money(invoice.amount_paid),
    Attempts: invoice.attempt_count,
    'Next attempt': when(invoice.next_payment_attempt),
    Created: dateAndTime(invoice.created),
    Due: when(invoice.due_date),
    ...metadataFacts(invoice.metadata),
  })
}

function linesTable({ lines, subtotal, total, currency }: Invoice, state: State): Html {
  const columns: Column<InvoiceLine>[] = [
    { label: 'Line', cell: ({ description, id }) => description ?? id },
    { label: 'Price', kind: 'extra', cell: ({ pricing }) => priceLink(pricing?.price_details?.price, state) },
    { label: 'Quantity', kind: 'number', cell: ({ quantity }) => quantity ?? '–' },
    {
      label: 'Period',
      kind: 'extra',
      cell: ({ period: { start, end } }) => (start === end ? date(start) : html`${date(start)} – ${date(end)}`),
    },
    { label: 'Amount', kind: 'number', cell: ({ amount }) => formatMoney(amount, currency) },
  ]
  return html`${table(columns, { rows: lines.data, label: 'Lines', empty: 'No line.' })}
    <p class="sum">
      ${subtotal !== total && html`<span>Subtotal ${formatMoney(subtotal, currency)}</span>`}
      ${subtotal !== total && html`<span>Discounts ${formatMoney(total - subtotal, currency)}</span>`}
      <strong>Total ${formatMoney(total, currency)}</strong>
    </p>`
}

function priceLink(price: unknown, state: State): Html | null {
  return typeof price === 'string' ? linkTo(price, state) : null
}

function paymentsTable(rows: InvoicePayment[], state: State): Html {
  const columns: Column<InvoicePayment>[] = [
    { label: 'Payment', cell: ({ payment }) => linkTo(payment.payment_intent ?? payment.charge ?? '', state) },
    { label: 'Status', cell: ({ status }) => badge(status === 'paid' ? 'good' : 'waiting', status) },
    {
      label: 'Amount',
      kind: 'number',
      cell: ({ amount_requested: amount, currency }) => formatMoney(amount, currency),
    },
    { label: 'Created', kind: 'extra', cell: ({ created }) => dateAndTime(created) },
  ]
  return table(columns, { rows, label: 'Payments', empty: 'No payment.' })
}
