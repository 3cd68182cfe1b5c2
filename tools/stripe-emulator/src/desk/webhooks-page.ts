import type { Context } from '../context.ts'
import { paginate } from '../http/list.ts'
import { html, type Html } from '../pages/html.ts'
import { badge, type Page } from '../pages/layout.ts'
import type { EndpointRecord, State } from '../state/state.ts'
import { matchesType } from '../webhooks/event-types.ts'
import { deliveriesTable } from './deliveries.ts'
import { desk } from './desk-layout.ts'
import { breakable, count, filters, heading, pager, section, table, withQuery, type Column } from './parts.ts'
import { paging, type Query } from './query.ts'

const statuses = [
  ['pending', 'waiting'],
  ['delivered', 'delivered'],
  ['failed', 'given up'],
] as const

/** The endpoints, and everything that was sent to them. */
export function webhooksPage(query: Query, ctx: Context): Page {
  const { state } = ctx
  const { type = '*', status, endpoint } = query
  const found = [...state.deliveries.values()].filter(
    (one) =>
      matchesType(one.type, type) &&
      (status === undefined || one.status === status) &&
      (endpoint === undefined || one.endpoint === endpoint),
  )
  const page = paginate(found, '/webhooks', paging(query))
  const types = [...new Set([...state.deliveries.values()].map((one) => one.type))].sort()
  const endpoints = [...state.endpoints.values()].map(({ endpoint: { id, url } }) => [id, url] as const)
  return desk(
    {
      title: 'Webhooks',
      at: '/webhooks',
      body: html`
        ${heading('Webhooks', { lead: 'Signed as Stripe signs, tried again as Stripe tries again, only sooner.' })}
        ${section('Endpoints', endpointsTable(state))}
        ${section(
          'Log',
          html`${filters('/webhooks', query, [
            { name: 'type', label: 'Type', suggestions: types, placeholder: 'invoice.*' },
            { name: 'status', label: 'Status', options: statuses },
            { name: 'endpoint', label: 'Endpoint', options: endpoints },
          ])}
          ${deliveriesTable(page.data, state, { back: withQuery('/webhooks', query) })}
          ${pager(page, '/webhooks', query)}`,
          html`<span class="muted small">${count(found.length, 'delivery', 'deliveries')}</span>`,
        )}
      `,
    },
    ctx,
  )
}

function endpointsTable(state: State): Html {
  const columns: Column<EndpointRecord>[] = [
    { label: 'Address', cell: ({ endpoint: { id, url } }) => html`<a href="/endpoints/${id}">${breakable(url)}</a>` },
    { label: 'Status', cell: ({ endpoint }) => endpointBadge(endpoint.status) },
    { label: 'Wants', kind: 'extra', cell: ({ endpoint: { enabled_events: types } }) => wanted(types) },
    { label: 'Waiting', kind: 'number', cell: ({ endpoint: { id } }) => waiting(id, state) },
  ]
  return table(columns, {
    rows: [...state.endpoints.values()],
    label: 'Endpoints',
    empty: html`None. Start with <code>WEBHOOK_URL</code> and <code>WEBHOOK_SECRET</code>, or POST
      /v1/webhook_endpoints.`,
  })
}

export function endpointBadge(status: string): Html {
  return status === 'enabled' ? badge('good', status) : badge('quiet', status)
}

/** The types an endpoint wants, or how many if they are many. */
function wanted(types: readonly string[]): string {
  if (types.includes('*')) return 'every event'
  return types.length > 3 ? `${types.length} types` : types.join(', ')
}

function waiting(endpoint: string, { deliveries }: State): number {
  return [...deliveries.values()].filter((one) => one.endpoint === endpoint && one.status === 'pending').length
}
