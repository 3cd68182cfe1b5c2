import type { Due } from '../clocks/agenda.ts'
import { agendas } from '../clocks/agendas.ts'
import { clockOf } from '../clocks/on-clock.ts'
import { html, type Html } from '../pages/html.ts'
import { dateAndTime } from '../pages/wording.ts'
import type { State } from '../state/state.ts'
import { linked, linkTo } from './objects.ts'
import { table, type Column } from './parts.ts'

/** What time will do if nobody does anything, the next first; of one customer, or of all. */
export function upcoming(state: State, customer?: string): Due[] {
  const dues = agendas.flatMap((agenda) => [...agenda(state)])
  const wanted = customer === undefined ? dues : dues.filter((due) => due.customer === customer)
  return wanted.sort((one, other) => one.at - other.at)
}

export function upcomingTable(dues: readonly Due[], state: State): Html {
  const columns: Column<Due>[] = [
    { label: 'When', cell: ({ at }) => dateAndTime(at) },
    { label: 'What', kind: 'text', cell: ({ what }) => linked(what, state) },
    { label: 'Clock', kind: 'extra', cell: ({ customer }) => clockName(customer, state) },
  ]
  return table(columns, { rows: dues, label: 'What happens next', empty: 'Nothing is due.' })
}

/** The clock that somebody lives by. */
export function clockName(customer: string | null, state: State): Html {
  const clock = clockOf(customer, state)
  return clock ? linkTo(clock.id, state) : html`<span class="muted">account</span>`
}
