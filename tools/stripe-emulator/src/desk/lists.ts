import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { paginate } from '../http/list.ts'
import { subscriptionOf } from '../invoices/invoices.ts'
import { links } from '../links.ts'
import { html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { CheckoutSession } from '../state/state.ts'
import { whoIs } from './customers-page.ts'
import { desk } from './desk-layout.ts'
import { count, filters, heading, pager, table, type Column } from './parts.ts'
import { paging, type Query } from './query.ts'
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
  const { status, customer } = query
  const found = [...ctx.state.subscriptions.values()].filter(
    (one) => (status === undefined || one.status === status) && (customer === undefined || one.customer === customer),
  )
  const page = paginate(found, '/subscriptions', paging(query))
  return desk(
    {
      title: 'Subscriptions',
      at: '/subscriptions',
      body: html`
        ${heading('Subscriptions', { lead: count(found.length, 'subscription') })}
        ${filters('/subscriptions', query, [
          { name: 'status', label: 'Status', options: subscriptionStatuses },
          { name: 'customer', label: 'Customer', placeholder: 'cus_…' },
        ])}
        ${subscriptionsTable(page.data, ctx.state)} ${pager(page, '/subscriptions', query)}
      `,
    },
    ctx,
  )
}

export function invoicesPage(query: Query, ctx: Context): Page {
  const { status, customer, subscription } = query
  const found = [...ctx.state.invoices.values()].filter(
    (one) =>
      (status === undefined || one.status === status) &&
      (customer === undefined || one.customer === customer) &&
      (subscription === undefined || subscriptionOf(one) === subscription),
  )
  const page = paginate(found, '/invoices', paging(query))
  return desk(
    {
      title: 'Invoices',
      at: '/invoices',
      body: html`
        ${heading('Invoices', { lead: count(found.length, 'invoice') })}
        ${filters('/invoices', query, [
          { name: 'status', label: 'Status', options: invoiceStatuses },
          { name: 'customer', label: 'Customer', placeholder: 'cus_…' },
          { name: 'subscription', label: 'Subscription', placeholder: 'sub_…' },
        ])}
        ${invoicesTable(page.data, ctx.state)} ${pager(page, '/invoices', query)}
      `,
    },
    ctx,
  )
}

export function checkoutsPage(query: Query, ctx: Context): Page {
  const { status } = query
  const found = [...ctx.state.checkoutSessions.values()].filter((one) => status === undefined || one.status === status)
  const page = paginate(found, '/checkouts', paging(query))
  const columns: Column<CheckoutSession>[] = [
    { label: 'Checkout', cell: ({ id }) => html`<a href="/objects/${id}"><code>${id.slice(0, 20)}…</code></a>` },
    { label: 'Customer', kind: 'extra', cell: (one) => one.customer_details?.email ?? whoIs(one.customer, ctx.state) },
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
  return desk(
    {
      title: 'Checkouts',
      at: '/checkouts',
      body: html`
        ${heading('Checkouts', { lead: count(found.length, 'checkout session') })}
        ${filters('/checkouts', query, [{ name: 'status', label: 'Status', options: ['open', 'complete', 'expired'] }])}
        ${table(columns, { rows: page.data, label: 'Checkouts', empty: 'No checkout.' })}
        ${pager(page, '/checkouts', query)}
      `,
    },
    ctx,
  )
}

function checkoutBadge({ status }: CheckoutSession) {
  return badge(status === 'open' ? 'waiting' : status === 'complete' ? 'good' : 'quiet', status ?? '')
}
