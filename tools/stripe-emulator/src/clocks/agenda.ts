import type { Context } from '../context.ts'
import type { State } from '../state/state.ts'
import { clockOf } from './on-clock.ts'

/** Something that the passing of time will do: to whom it belongs, when (in seconds), and what then happens. */
export interface Due {
  customer: string | null
  at: number
  act(ctx: Context): void
}

/** All that is due some day on one kind of object. What has been done must not come up again. */
export type Agenda = (state: State) => Iterable<Due>

/** Many a thing may happen in one second, but not without end. */
const mostAtOnce = 100_000

/**
 * Does everything that is due until `to` on one clock (`null`: the account's), in the order of time; what is due at the
 * same second in the order of the agendas. Each thing happens at its own moment, however late it is noticed.
 */
export function runUntil(
  to: number,
  { clock, agendas }: { clock: string | null; agendas: Agenda[] },
  ctx: Context,
): void {
  let moment = -Infinity
  let steps = 0
  for (;;) {
    const next = earliest(to, { clock, agendas }, ctx.state)
    if (!next) return
    steps = next.at > moment ? 0 : steps + 1
    moment = Math.max(moment, next.at)
    if (steps > mostAtOnce) throw new Error(`what is due at ${next.at} for ${String(next.customer)} does not end`)
    next.act(ctx.at(moment))
  }
}

function earliest(
  to: number,
  { clock, agendas }: { clock: string | null; agendas: Agenda[] },
  state: State,
): Due | null {
  let first: Due | null = null
  for (const agenda of agendas) {
    for (const due of agenda(state)) {
      if (due.at > to || (first && due.at >= first.at)) continue
      if ((clockOf(due.customer, state)?.id ?? null) === clock) first = due
    }
  }
  return first
}
