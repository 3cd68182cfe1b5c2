import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { Delivery, State } from '../state/state.ts'
import { breakable, press, table, type Column } from './parts.ts'
import { deliveryBadge } from './statuses.ts'

/** Webhooks, each with a button that sends it once more and comes back to `back`. */
export function deliveriesTable(
  rows: readonly Delivery[],
  state: State,
  { of, back }: { of?: 'event' | 'endpoint'; back?: string } = {},
): Html {
  const columns: Column<Delivery>[] = [
    { label: 'Event', cell: ({ event, type }) => html`<a href="${links.event(event)}">${breakable(type)}</a>` },
    { label: 'Delivery', cell: deliveryBadge },
    { label: 'Last answer', kind: 'extra', cell: lastAnswer },
    { label: 'Sent', kind: 'extra', cell: ({ created, lastAttempt }) => inSeconds(lastAttempt ?? created) },
    {
      label: 'To',
      kind: 'extra',
      cell: ({ endpoint, url }) => html`<a href="/endpoints/${endpoint}" title="${url}">${shortened(url)}</a>`,
    },
    {
      label: 'Redeliver',
      kind: 'action',
      cell: ({ id, event }) =>
        press(`/webhooks/${id}/redeliver`, 'Redeliver', { fields: { back: back ?? links.event(event) } }),
    },
  ]
  const known = { event: 'Event', endpoint: 'To' }
  const shown = columns.filter(({ label }) => !of || label !== known[of])
  return table(shown, { rows, label: 'Webhooks', empty: noneBecause(state) })
}

/** Deliveries live in real time, in milliseconds. */
export function inSeconds(milliseconds: number): Html {
  return dateAndTime(Math.floor(milliseconds / 1000))
}

function lastAnswer({ answer, attempts, chaos }: Delivery): Html {
  return html`${answer ?? 'none yet'} ${attempts > 1 && html`<small>${attempts} attempts</small>`}
  ${chaos && html`<small>chaos: ${chaos}</small>`}`
}

function shortened(url: string): string {
  const { host, pathname } = new URL(url)
  const text = host + pathname
  return text.length > 24 ? `${text.slice(0, 12)}…${text.slice(-11)}` : text
}

function noneBecause({ endpoints }: State): string {
  return endpoints.size === 0 ? 'There is no endpoint to send anything to.' : 'Nothing was sent.'
}
