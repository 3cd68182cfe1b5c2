import { formatMoney } from '../arithmetic/money.ts'
import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import { date, dateAndTime } from '../pages/wording.ts'
import type { EventRecord, Invoice, State, Subscription } from '../state/state.ts'
import { whoIs } from './customers-page.ts'
import { linkTo } from './objects.ts'
import { breakable, code, table, type Column } from './parts.ts'
import { invoiceBadge, subscriptionBadge } from './statuses.ts'

/** The tables that stand both on a page of their own and on that of what their things belong to. */

export function subscriptionsTable(
  rows: readonly Subscription[],
  state: State,
  { of }: { of?: 'customer' } = {},
): Html {
  const columns: Column<Subscription>[] = [
    { label: 'Plan', cell: (one) => html`<a href="/subscriptions/${one.id}">${planText(one, state)}</a>` },
    { label: 'Customer', cell: ({ customer }) => whoIs(customer, state) },
    { label: 'Status', cell: subscriptionBadge },
    { label: 'Period ends', kind: 'extra', cell: (one) => date(one.ended_at ?? periodEndOf(one)) },
    { label: 'Id', kind: 'extra', cell: ({ id }) => code(id) },
  ]
  return table(without(columns, of), {
    rows,
    label: 'Subscriptions',
    empty: 'No subscription.',
  })
}

export function invoicesTable(rows: readonly Invoice[], state: State, { of }: { of?: 'customer' } = {}): Html {
  const columns: Column<Invoice>[] = [
    { label: 'Invoice', cell: ({ id, number }) => html`<a href="/invoices/${id}">${number ?? 'Draft'}</a>` },
    { label: 'Customer', cell: ({ customer }) => whoIs(customer, state) },
    { label: 'Status', cell: invoiceBadge },
    { label: 'Total', kind: 'number', cell: ({ total, currency }) => formatMoney(total, currency) },
    { label: 'Why', kind: 'extra', cell: ({ billing_reason: reason }) => reason?.replaceAll('_', ' ') },
    { label: 'Created', kind: 'extra', cell: ({ created }) => dateAndTime(created) },
  ]
  return table(without(columns, of), {
    rows,
    label: 'Invoices',
    empty: 'No invoice.',
  })
}

export function eventsTable(rows: readonly EventRecord[], state: State): Html {
  const columns: Column<EventRecord>[] = [
    { label: 'Event', cell: ({ id, type }) => html`<a href="${links.event(id)}">${breakable(type)}</a>` },
    { label: 'About', kind: 'extra', cell: ({ data }) => optionalLink(subjectOf(data.object), state) },
    {
      label: 'Caused by',
      kind: 'extra',
      cell: ({ request }) => (request.id === null ? 'time or a page' : code(request.id)),
    },
    { label: 'When', cell: ({ created }) => dateAndTime(created) },
  ]
  return table(columns, { rows, label: 'Events', empty: 'Nothing has happened.' })
}

/** `Pro × 3, Storage`. */
export function planText({ items }: Subscription, { products }: State): string {
  return items.data
    .map(({ price, quantity }) => {
      const name = products.get(price.product)?.name ?? price.product
      return quantity === undefined || quantity === 1 ? name : `${name} × ${quantity}`
    })
    .join(', ')
}

function periodEndOf({ items, created }: Subscription): number {
  return Math.max(created, ...items.data.map(({ current_period_end: end }) => end))
}

function optionalLink(id: string | null, state: State): Html | null {
  return id === null ? null : linkTo(id, state)
}

function subjectOf(object: object): string | null {
  return 'id' in object && typeof object.id === 'string' ? object.id : null
}

/** On the page of a customer nobody needs to be told whose it is. */
function without<Row>(columns: Column<Row>[], of: 'customer' | undefined): Column<Row>[] {
  return of ? columns.filter(({ label }) => label !== 'Customer') : columns
}
