import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { subscriptionOf } from '../invoices/invoices.ts'
import { usageOf } from '../meters/usage.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { date, dateAndTime, unitPrice } from '../pages/wording.ts'
import type { InvoiceItem, State, Subscription, SubscriptionItem, SubscriptionSchedule } from '../state/state.ts'
import { cardLink, metadataFacts } from './customer-page.ts'
import { whoIs } from './customers-page.ts'
import { desk } from './desk-layout.ts'
import { eventsAbout } from './events.ts'
import { linkTo, rawJson } from './objects.ts'
import { code, facts, heading, section, table, withQuery, type Column } from './parts.ts'
import { subscriptionBadge } from './statuses.ts'
import { eventsTable, invoicesTable, planText } from './tables.ts'
import { upcoming, upcomingTable } from './upcoming.ts'

const shown = 20

/** A subscription: what is in it, what happened to it, what was billed for it. */
export function subscriptionPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const subscription = state.subscriptions.get(id)
  if (!subscription) return null
  const invoices = [...state.invoices.values()].filter((invoice) => subscriptionOf(invoice) === id).reverse()
  const pending = [...state.invoiceItems.values()].filter(
    ({ invoice, parent }) => invoice === null && parent?.subscription_details?.subscription === id,
  )
  const events = eventsAbout(id, state)
  const schedule = state.schedules.get(subscription.schedule ?? '')
  const names = [id, schedule?.id ?? id]
  const dues = upcoming(state, subscription.customer).filter(({ what }) => names.some((name) => what.includes(name)))
  const all = (path: string, rows: readonly unknown[], name: string) =>
    rows.length > shown && html`<a class="small" href="${withQuery(path, { [name]: id })}">All ${rows.length}</a>`
  return desk(
    {
      title: planText(subscription, state),
      at: '/subscriptions',
      body: html`
        ${heading(html`${planText(subscription, state)} ${subscriptionBadge(subscription)}`, { lead: code(id) })}
        ${known(subscription, state)} ${section('Items', itemsTable(subscription, state))}
        ${pending.length > 0 && section('Waits for the next invoice', pendingTable(pending, state))}
        ${schedule && section('Schedule', phasesTable(schedule, state), linkTo(schedule.id, state))}
        ${section('What happens next', upcomingTable(dues, state))}
        ${section(
          'Invoices',
          invoicesTable(invoices.slice(0, shown), state, { of: 'customer' }),
          all('/invoices', invoices, 'subscription'),
        )}
        ${section('Events', eventsTable(events.slice(0, shown), state), all('/events', events, 'about'))}
        ${rawJson(subscription, state)}
      `,
    },
    ctx,
  )
}

function known(subscription: Subscription, state: State): Html {
  const when = (seconds: number | null): Content => seconds !== null && dateAndTime(seconds)
  const method = subscription.default_payment_method
  return facts({
    Customer: whoIs(subscription.customer, state),
    Started: when(subscription.start_date),
    'Trial ends': when(subscription.trial_end),
    Anchor: when(subscription.billing_cycle_anchor),
    'Cancels at': when(subscription.cancel_at),
    Cancelled: when(subscription.canceled_at),
    Ended: when(subscription.ended_at),
    Collection: subscription.collection_method.replaceAll('_', ' '),
    'Pays with': method === null ? 'the customer’s default card' : cardLink(method, state),
    'Collection paused': subscription.pause_collection?.behavior.replaceAll('_', ' '),
    Discounts: subscription.discounts.length > 0 && subscription.discounts.map((discount) => linkTo(discount, state)),
    'Latest invoice': subscription.latest_invoice !== null && linkTo(subscription.latest_invoice, state),
    ...metadataFacts(subscription.metadata),
  })
}

function itemsTable({ items, customer }: Subscription, state: State): Html {
  const columns: Column<SubscriptionItem>[] = [
    { label: 'Product', cell: ({ price: { product } }) => productLink(product, state) },
    { label: 'Price', cell: ({ price }) => html`<a href="/objects/${price.id}">${unitPrice(price)}</a>` },
    { label: 'Quantity', kind: 'number', cell: (item) => item.quantity ?? used(item, customer, state) },
    {
      label: 'Period',
      kind: 'extra',
      cell: ({ current_period_start: start, current_period_end: end }) => html`${date(start)} – ${date(end)}`,
    },
    { label: 'Id', kind: 'extra', cell: ({ id }) => code(id) },
  ]
  return table(columns, { rows: items.data, label: 'Items', empty: 'No item.' })
}

function productLink(id: string, { products }: State): Html {
  return html`<a href="/objects/${id}">${products.get(id)?.name ?? id}</a>`
}

/** What a metered item would be billed for if its period ended now. */
function used(item: SubscriptionItem, customer: string, state: State): string {
  const { current_period_start: from, current_period_end: to, price } = item
  const meter = price.recurring?.meter
  return meter ? `${usageOf({ meter, customer, from, to }, state)} used` : '–'
}

function pendingTable(rows: InvoiceItem[], state: State): Html {
  const columns: Column<InvoiceItem>[] = [
    { label: 'What', cell: ({ description, id }) => html`<a href="/objects/${id}">${description ?? id}</a>` },
    { label: 'Amount', kind: 'number', cell: ({ amount, currency }) => formatMoney(amount, currency) },
    { label: 'Since', kind: 'extra', cell: (item) => dateAndTime(item.date) },
    { label: 'Id', kind: 'extra', cell: ({ id }) => linkTo(id, state) },
  ]
  return table(columns, { rows, label: 'Waits for the next invoice', empty: 'Nothing.' })
}

function phasesTable({ phases, current_phase: current }: SubscriptionSchedule, state: State): Html {
  const columns: Column<SubscriptionSchedule['phases'][number]>[] = [
    { label: 'From', cell: ({ start_date: start }) => dateAndTime(start) },
    { label: 'To', cell: ({ end_date: end }) => dateAndTime(end) },
    {
      label: 'Items',
      cell: ({ items }) =>
        items
          .map(({ price, quantity }) => {
            const product = state.prices.get(price)?.product ?? price
            return `${state.products.get(product)?.name ?? product}${quantity === undefined ? '' : ` × ${quantity}`}`
          })
          .join(', '),
    },
    {
      label: 'Now',
      kind: 'action',
      cell: ({ start_date: start }) => start === current?.start_date && badge('good', 'now'),
    },
  ]
  return table(columns, { rows: phases, label: 'Phases', empty: 'No phase.' })
}
