import { links } from '../links.ts'
import { html, type Html } from '../pages/html.ts'
import { dateAndTime } from '../pages/layout.ts'
import type { Delivery, State } from '../state/state.ts'
import { press, table, type Column } from './parts.ts'
import { deliveryBadge } from './statuses.ts'

/** Webhooks, each with a button that sends it once more and comes back to `back`. */
export function deliveriesTable(
  rows: readonly Delivery[],
  state: State,
  { of, back }: { of?: 'event'; back?: string } = {},
): Html {
  const columns: Column<Delivery>[] = [
    { label: 'Event', cell: ({ event, type }) => html`<a href="${links.event(event)}">${type}</a>` },
    { label: 'Delivery', cell: deliveryBadge },
    {
      label: 'Last answer',
      kind: 'extra',
      cell: ({ answer, chaos }) => html`${answer ?? 'none yet'} ${mishap(chaos)}`,
    },
    { label: 'Attempts', kind: 'number', cell: ({ attempts }) => attempts },
    { label: 'Sent', kind: 'extra', cell: ({ created, lastAttempt }) => inSeconds(lastAttempt ?? created) },
    {
      label: 'To',
      kind: 'extra',
      cell: ({ endpoint, url }) => html`<a href="/endpoints/${endpoint}">${shortened(url)}</a>`,
    },
    {
      label: '',
      cell: ({ id, event }) =>
        press(`/webhooks/${id}/redeliver`, 'Redeliver', { fields: { back: back ?? links.event(event) } }),
    },
  ]
  const shown = of === 'event' ? columns.slice(1) : columns
  return table(shown, { rows, label: 'Webhooks', empty: noneBecause(state) })
}

/** Deliveries live in real time, in milliseconds. */
export function inSeconds(milliseconds: number): Html {
  return dateAndTime(Math.floor(milliseconds / 1000))
}

function mishap(chaos: Delivery['chaos']): Html | null {
  return chaos && html`<small>Chaos: ${chaos}</small>`
}

function shortened(url: string): string {
  const { host, pathname } = new URL(url)
  return host + (pathname.length > 24 ? `…${pathname.slice(-22)}` : pathname)
}

function noneBecause({ endpoints }: State): string {
  return endpoints.size === 0 ? 'There is no endpoint to send anything to.' : 'Nothing was sent.'
}
