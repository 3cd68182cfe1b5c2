import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { isLive } from '../customers/customers.ts'
import { html, type Content, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { BalanceTransaction, Customer, PaymentMethod, State, UsageRecord } from '../state/state.ts'
import { balanceText } from './customers-page.ts'
import { desk } from './desk-layout.ts'
import { eventsAbout } from './events.ts'
import { linkTo, rawJson } from './objects.ts'
import { code, facts, heading, section, table, withQuery, type Column } from './parts.ts'
import { eventsTable, invoicesTable, subscriptionsTable } from './tables.ts'
import { clockName, upcoming, upcomingTable } from './upcoming.ts'

const shown = 10

/** A customer and all that is theirs. */
export function customerPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const customer = state.customers.get(id)
  if (!customer || !isLive(customer)) return null
  const own = <Row extends { customer: unknown }>(all: Map<string, Row>) =>
    [...all.values()].filter((one) => one.customer === id).reverse()
  const lists = {
    subscriptions: own(state.subscriptions),
    invoices: own(state.invoices),
    cards: own(state.paymentMethods),
    balance: own(state.balanceTransactions),
    usage: own(state.usage),
    events: eventsAbout(id, state),
  }
  const dues = upcoming(state, id)
  const all = (path: string, rows: readonly unknown[], name = 'customer') =>
    rows.length > shown && html`<a class="small" href="${withQuery(path, { [name]: id })}">All ${rows.length}</a>`
  return desk(
    {
      title: customer.email ?? id,
      at: '/customers',
      body: html`
        ${heading(customer.email ?? customer.name ?? 'Customer', { lead: code(id) })} ${known(customer, state)}
        ${section(
          'Subscriptions',
          subscriptionsTable(lists.subscriptions.slice(0, shown), state, { of: 'customer' }),
          all('/subscriptions', lists.subscriptions),
        )}
        ${section('What happens next', upcomingTable(dues.slice(0, shown), state))}
        ${section(
          'Invoices',
          invoicesTable(lists.invoices.slice(0, shown), state, { of: 'customer' }),
          all('/invoices', lists.invoices),
        )}
        ${section('Cards', cardsTable(lists.cards, customer, state))}
        ${section('Balance', balanceTable(lists.balance, state))}
        ${lists.usage.length > 0 && section('Usage', usageTable(lists.usage.slice(0, shown)))}
        ${section('Events', eventsTable(lists.events.slice(0, shown), state), all('/events', lists.events, 'about'))}
        ${rawJson(customer, state)}
      `,
    },
    ctx,
  )
}

function known(customer: Customer, state: State): Html {
  const { invoice_settings: settings, test_clock: clock, balance, currency } = customer
  const method = settings.default_payment_method
  return facts({
    Name: customer.name,
    Phone: customer.phone,
    Description: customer.description,
    Balance: balanceText(balance, currency),
    Currency: currency?.toUpperCase(),
    'Pays with': method === null ? 'no default card' : cardLink(method, state),
    Delinquent: customer.delinquent && badge('bad', 'yes'),
    'Lives by': clock ? clockName(customer.id, state) : null,
    Created: dateAndTime(customer.created),
    ...metadataFacts(customer.metadata),
  })
}

/** `Visa …4242`. */
export function cardLink(id: string, { paymentMethods }: State): Html {
  const card = paymentMethods.get(id)?.card
  const name = card ? `${card.brand.charAt(0).toUpperCase()}${card.brand.slice(1)} …${card.last4}` : id
  return html`<a href="/objects/${id}">${name}</a>`
}

/** The metadata, each key as a fact of its own. */
export function metadataFacts(metadata: Record<string, string> | null): Record<string, Content> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [`metadata.${key}`, code(value)]))
}

function cardsTable(rows: PaymentMethod[], { invoice_settings: settings }: Customer, state: State): Html {
  const columns: Column<PaymentMethod>[] = [
    { label: 'Card', cell: ({ id }) => cardLink(id, state) },
    { label: 'Expires', cell: ({ card }) => card && `${card.exp_month} / ${card.exp_year}` },
    {
      label: 'Default',
      kind: 'action',
      cell: ({ id }) => id === settings.default_payment_method && badge('quiet', 'default'),
    },
    { label: 'Id', kind: 'extra', cell: ({ id }) => code(id) },
  ]
  return table(columns, { rows, label: 'Cards', empty: 'No card.' })
}

function balanceTable(rows: BalanceTransaction[], state: State): Html {
  const columns: Column<BalanceTransaction>[] = [
    { label: 'Type', cell: ({ type, id }) => html`<a href="/objects/${id}">${type.replaceAll('_', ' ')}</a>` },
    { label: 'Invoice', kind: 'extra', cell: ({ invoice }) => invoice !== null && linkTo(invoice, state) },
    { label: 'Amount', kind: 'number', cell: ({ amount, currency }) => formatMoney(amount, currency) },
    { label: 'Balance', kind: 'number', cell: ({ ending_balance: after, currency }) => formatMoney(after, currency) },
    { label: 'When', kind: 'extra', cell: ({ created }) => dateAndTime(created) },
  ]
  return table(columns, { rows, label: 'Balance', empty: 'It never moved.' })
}

function usageTable(rows: UsageRecord[]): Html {
  const columns: Column<UsageRecord>[] = [
    { label: 'Meter event', cell: ({ eventName }) => eventName },
    { label: 'Value', kind: 'number', cell: ({ value }) => value },
    { label: 'Cancelled', kind: 'action', cell: ({ cancelled }) => cancelled && badge('quiet', 'cancelled') },
    { label: 'Identifier', kind: 'extra', cell: ({ identifier }) => code(identifier) },
    { label: 'When', cell: ({ timestamp }) => dateAndTime(timestamp) },
  ]
  return table(columns, { rows, label: 'Usage', empty: 'Nothing was reported.' })
}
