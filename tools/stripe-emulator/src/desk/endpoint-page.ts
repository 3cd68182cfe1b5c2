import type { Context } from '../context.ts'
import { html, type Html } from '../pages/html.ts'
import type { Page } from '../pages/layout.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { EndpointRecord } from '../state/state.ts'
import { deliveriesTable, inSeconds } from './deliveries.ts'
import { desk } from './desk-layout.ts'
import { metadataFacts } from './customer-page.ts'
import { rawJson } from './objects.ts'
import { code, facts, heading, section, withQuery } from './parts.ts'
import { endpointBadge } from './webhooks-page.ts'

const shown = 10

/** How long the old secret may go on signing beside the new one, in seconds. */
export const overlaps = new Map([
  ['0', 'at once'],
  ['3600', 'in an hour'],
  ['86400', 'in a day'],
])

export function endpointPage(id: string, ctx: Context): Page | null {
  const { state } = ctx
  const record = state.endpoints.get(id)
  if (!record) return null
  const { endpoint } = record
  const deliveries = [...state.deliveries.values()].filter((one) => one.endpoint === id).reverse()
  const all = html`<a class="small" href="${withQuery('/webhooks', { endpoint: id })}">All ${deliveries.length}</a>`
  return desk(
    {
      title: endpoint.url,
      at: '/webhooks',
      body: html`
        ${heading(html`${endpoint.url} ${endpointBadge(endpoint.status)}`, { lead: code(id) })}
        ${facts({
          Description: endpoint.description,
          Wants: endpoint.enabled_events.includes('*') ? 'every event' : endpoint.enabled_events.join(', '),
          'API version': endpoint.api_version ?? 'the account’s',
          Created: dateAndTime(endpoint.created),
          ...metadataFacts(endpoint.metadata),
        })}
        ${section('Signing secret', secret(record))}
        ${section(
          'Webhooks',
          deliveriesTable(deliveries.slice(0, shown), state, { of: 'endpoint', back: `/endpoints/${id}` }),
          deliveries.length > shown && all,
        )}
        ${rawJson(endpoint, state)}
      `,
    },
    ctx,
  )
}

function secret({ endpoint: { id }, secret: current, rolled, configured }: EndpointRecord): Html {
  const old = rolled.filter(({ until }) => until > Date.now())
  return html`<div class="card">
    <details>
      <summary>Show the secret</summary>
      <p class="secret">${code(current)}</p>
    </details>
    ${old.map(({ until }) => html`<p class="muted">An older one signs as well until ${inSeconds(until)} UTC.</p>`)}
    <form method="post" action="/endpoints/${id}/roll" class="filters">
      <label>
        <span>The old secret ends</span>
        <select name="overlap">
          ${[...overlaps].map(([seconds, label]) => html`<option value="${seconds}">${label}</option>`)}
        </select>
      </label>
      <button class="button small secondary" type="submit">Roll the secret</button>
    </form>
    ${configured !== null && html`<p class="muted small">This endpoint is given at start: the next start gives it back the secret from there.</p>`}
  </div>`
}
