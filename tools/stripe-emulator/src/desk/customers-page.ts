import { formatMoney } from '../arithmetic/money.ts'
import type { Context } from '../context.ts'
import { isLive } from '../customers/customers.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { Customer, State } from '../state/state.ts'
import { listPage } from './list-page.ts'
import { breakable, code, table, type Column } from './parts.ts'
import type { Query } from './query.ts'
import { clockName } from './upcoming.ts'

export function customersPage(query: Query, ctx: Context): Page {
  const all = [...ctx.state.customers.values()].filter(isLive)
  const wanted = query.q?.toLowerCase() ?? ''
  const empty = all.length === 0 ? 'None yet. A checkout makes one, or POST /v1/customers.' : 'Nobody is like that.'
  return listPage(
    {
      title: 'Customers',
      at: '/customers',
      noun: 'customer',
      found: all.filter(({ id, email, name }) =>
        [id, email, name].some((text) => text?.toLowerCase().includes(wanted)),
      ),
      by: [{ name: 'q', label: 'Email, name or id' }],
      shown: (rows) => table(columns(ctx.state), { rows, label: 'Customers', empty }),
    },
    query,
    ctx,
  )
}

function columns(state: State): Column<Customer>[] {
  return [
    { label: 'Customer', cell: (customer) => customerLink(customer) },
    { label: 'Name', kind: 'extra', cell: ({ name }) => name },
    { label: 'Balance', kind: 'number', cell: ({ balance, currency }) => balanceText(balance, currency) },
    { label: 'Clock', kind: 'extra', cell: ({ id }) => clockName(id, state) },
    { label: 'Created', kind: 'extra', cell: ({ created }) => dateAndTime(created) },
    { label: 'Id', kind: 'extra', cell: ({ id }) => code(id) },
  ]
}

export function customerLink({ id, email, name }: Customer): Html {
  return html`<a href="/customers/${id}">${breakable(email ?? name ?? id)}</a>`
}

/** The customer behind an id, by whatever name they have. */
export function whoIs(id: string | null, { customers }: State): Html {
  const found = customers.get(id ?? '')
  if (found && isLive(found)) return customerLink(found)
  return id === null ? html`<span class="muted">nobody yet</span>` : html`<a href="/objects/${id}">deleted customer</a>`
}

/** A credit is what the stand-in owes, a debit what the customer does. */
export function balanceText(balance: number, currency: string | null | undefined): string {
  if (balance === 0 || !currency) return '–'
  return `${formatMoney(Math.abs(balance), currency)} ${balance < 0 ? 'credit' : 'owed'}`
}
