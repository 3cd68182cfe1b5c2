import { nextDue } from '../clocks/agenda.ts'
import { agendas } from '../clocks/agendas.ts'
import { addMonths } from '../arithmetic/billing-period.ts'
import { invalidRequest } from '../http/errors.ts'
import type { State } from '../state/state.ts'

/** How far a button moves a clock. Months are those of the calendar. */
export const steps = new Map<string, { label: string; from(now: number): number }>([
  ['hour', { label: '+1 hour', from: (now) => now + 3_600 }],
  ['day', { label: '+1 day', from: (now) => now + 86_400 }],
  ['week', { label: '+1 week', from: (now) => now + 7 * 86_400 }],
  ['month', { label: '+1 month', from: (now) => addMonths(now, 1) }],
])

/** Where a form asks a clock to go, in seconds: a step on, to what is due next, or to a time in UTC. */
export function destination(
  { by, to }: { by: string; to: string },
  { clock, now }: { clock: string | null; now: number },
  state: State,
): number {
  const step = steps.get(by)
  if (step) return step.from(now)
  if (by === 'due') {
    const due = nextDue({ clock, agendas }, state)
    if (!due) throw invalidRequest('Nothing is due by this clock any more.')
    return Math.max(due.at, now + 1)
  }
  const moment = Date.parse(`${to}Z`)
  if (Number.isNaN(moment)) throw invalidRequest('Say to which time the clock is to go.')
  return Math.floor(moment / 1000)
}
