import type { Context } from '../context.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { EventRecord, State } from '../state/state.ts'
import { matchesType } from '../webhooks/event-types.ts'
import { deliveriesTable } from './deliveries.ts'
import { desk } from './desk-layout.ts'
import { eventsAbout } from './events.ts'
import { listPage } from './list-page.ts'
import { json, linkTo } from './objects.ts'
import { code, facts, heading, section, table, type Column } from './parts.ts'
import type { Query } from './query.ts'
import { eventsTable } from './tables.ts'

export function eventsPage(query: Query, ctx: Context): Page {
  const { state } = ctx
  const { type = '*', about, from = '-Infinity', to = 'Infinity' } = query
  const all = about === undefined ? [...state.events.values()] : eventsAbout(about, state).reverse()
  const found = all.filter(
    ({ type: is, created }) => matchesType(is, type) && created >= Number(from) && created <= Number(to),
  )
  return listPage(
    {
      title: 'Events',
      at: '/events',
      noun: 'event',
      found,
      by: [
        { name: 'type', label: 'Type', suggestions: typesIn(state), placeholder: 'customer.*' },
        { name: 'about', label: 'About', placeholder: 'an id' },
      ],
      shown: (rows) => eventsTable(rows, state),
    },
    query,
    ctx,
  )
}

export function eventPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const event = state.events.get(id)
  if (!event) return null
  const deliveries = [...state.deliveries.values()].filter((delivery) => delivery.event === id).reverse()
  return desk(
    {
      title: event.type,
      at: '/events',
      body: html`
        ${heading(event.type, { lead: code(id) })} ${known(event, state)}
        ${event.data.previous_attributes && section('What changed', changesTable(event))}
        ${section('Webhooks', deliveriesTable(deliveries, state, { of: 'event' }))}
        ${section('As it is sent', json(event, state))}
      `,
    },
    ctx,
  )
}

/** The types that have happened, for whoever looks for one. */
function typesIn({ events }: State): string[] {
  return [...new Set([...events.values()].map(({ type }) => type))].sort()
}

function known(
  { data, created, request, pending_webhooks: pending, api_version: version }: EventRecord,
  state: State,
): Html {
  const { id } = data.object as { id?: unknown }
  return facts({
    About: typeof id === 'string' && linkTo(id, state),
    When: dateAndTime(created),
    'Caused by': request.id === null ? 'time, or somebody at a page' : code(request.id),
    'Idempotency key': request.idempotency_key && code(request.idempotency_key),
    'Webhooks on their way': pending,
    'API version': version,
  })
}

interface Change {
  field: string
  before: unknown
  after: unknown
}

function changesTable({ data }: EventRecord): Html {
  const after = data.object as Record<string, unknown>
  const rows = Object.entries(data.previous_attributes ?? {}).map(([field, before]): Change => ({
    field,
    before,
    after: after[field],
  }))
  const columns: Column<Change>[] = [
    { label: 'Field', cell: ({ field }) => code(field) },
    { label: 'Before', cell: ({ before }) => code(shown(before)) },
    { label: 'After', cell: ({ after: now }) => code(shown(now)) },
  ]
  return table(columns, { rows, label: 'What changed', empty: 'Nothing.' })
}

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}
