import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { subscriptionOf } from '../invoices/invoices.ts'
import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { CheckoutSession, State } from '../state/state.ts'
import { whoIs } from './customers-page.ts'
import { listPage } from './list-page.ts'
import { table, type Column } from './parts.ts'
import { fits, type Query } from './query.ts'
import { invoicesTable, subscriptionsTable } from './tables.ts'

const subscriptionStatuses = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'incomplete',
  'incomplete_expired',
  'paused',
  'canceled',
]
const invoiceStatuses = ['draft', 'open', 'paid', 'uncollectible', 'void']

export function subscriptionsPage(query: Query, ctx: Context): Page {
  const { state } = ctx
  const all = [...state.subscriptions.values()]
  return listPage(
    {
      title: 'Subscriptions',
      at: '/subscriptions',
      noun: 'subscription',
      found: all.filter(({ status, customer }) => fits(query, { status, customer })),
      by: [
        { name: 'status', label: 'Status', options: subscriptionStatuses },
        { name: 'customer', label: 'Customer', placeholder: 'cus_…' },
      ],
      shown: (rows) => subscriptionsTable(rows, state),
    },
    query,
    ctx,
  )
}

export function invoicesPage(query: Query, ctx: Context): Page {
  const { state } = ctx
  const all = [...state.invoices.values()]
  return listPage(
    {
      title: 'Invoices',
      at: '/invoices',
      noun: 'invoice',
      found: all.filter((one) =>
        fits(query, { status: one.status, customer: one.customer, subscription: subscriptionOf(one) }),
      ),
      by: [
        { name: 'status', label: 'Status', options: invoiceStatuses },
        { name: 'customer', label: 'Customer', placeholder: 'cus_…' },
        { name: 'subscription', label: 'Subscription', placeholder: 'sub_…' },
      ],
      shown: (rows) => invoicesTable(rows, state),
    },
    query,
    ctx,
  )
}

export function checkoutsPage(query: Query, ctx: Context): Page {
  const { state } = ctx
  const all = [...state.checkoutSessions.values()]
  return listPage(
    {
      title: 'Checkouts',
      at: '/checkouts',
      noun: 'checkout session',
      found: all.filter(({ status }) => fits(query, { status })),
      by: [{ name: 'status', label: 'Status', options: ['open', 'complete', 'expired'] }],
      shown: (rows) => checkoutsTable(rows, state),
    },
    query,
    ctx,
  )
}

function checkoutsTable(rows: readonly CheckoutSession[], state: State): Html {
  const columns: Column<CheckoutSession>[] = [
    { label: 'Checkout', cell: ({ id }) => html`<a href="/objects/${id}"><code>${id.slice(0, 20)}…</code></a>` },
    { label: 'Customer', kind: 'extra', cell: (one) => one.customer_details?.email ?? whoIs(one.customer, state) },
    {
      label: 'Total',
      kind: 'number',
      cell: ({ amount_total: total, currency }) => (total === null || !currency ? '–' : formatMoney(total, currency)),
    },
    { label: 'Status', cell: checkoutBadge },
    { label: 'Created', kind: 'extra', cell: ({ created }) => dateAndTime(created) },
    {
      label: 'Page',
      cell: ({ id, status: is }) => is === 'open' && html`<a href="${links.checkout(id)}">Open the page</a>`,
    },
  ]
  return table(columns, { rows, label: 'Checkouts', empty: 'No checkout.' })
}

function checkoutBadge({ status }: CheckoutSession): Html {
  return badge(status === 'open' ? 'waiting' : status === 'complete' ? 'good' : 'quiet', status ?? '')
}
