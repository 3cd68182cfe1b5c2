import type { Interval, Plan } from '@lightpress/billing-contract'
import { meteredOf } from '../../plans/prices.ts'

type Cell =
  | { what: 'most'; count: number }
  | { what: 'included'; count: number }
  | { what: 'metered'; metered: Plan['metered'][number] }
  | { what: 'days'; days: number }
  | { what: 'words'; words: string }
  | { what: 'unlimited' }
  | { what: 'none' }

interface Row {
  name: string
  /** One for each plan, in their order. */
  cells: Cell[]
}

/** What tells the plans apart, in the numbers of the catalogue. */
export function compareOf(plans: readonly Plan[], interval: Interval): Row[] {
  const row = (name: string, cell: (plan: Plan) => Cell): Row => ({ name, cells: plans.map(cell) })
  return [
    row('People', ({ limits }) => countOf(limits.members)),
    row(`Tasks a ${interval}`, (plan) => tasksOf(plan, interval)),
    row('Further tasks', (plan) => {
      const metered = meteredOf(plan, interval)
      return metered ? { what: 'metered', metered } : { what: 'none' }
    }),
    row('Free trial', ({ trialDays }) => (trialDays === null ? { what: 'none' } : { what: 'days', days: trialDays })),
    row('Support', ({ features }) => {
      const support = features.find((feature) => feature.endsWith(' support'))
      return support === undefined ? { what: 'none' } : { what: 'words', words: support.replace(/ support$/, '') }
    }),
  ]
}

/** A limit counts by the month whatever is paid by; what is metered counts by what is paid by. */
function tasksOf(plan: Plan, interval: Interval): Cell {
  const metered = meteredOf(plan, interval)
  if (metered) return { what: 'included', count: metered.included }
  const { tasks } = plan.limits
  if (tasks === null || interval === 'month') return countOf(tasks)
  return { what: 'words', words: `${tasks.toLocaleString('en')} each month` }
}

function countOf(count: number | null): Cell {
  return count === null ? { what: 'unlimited' } : { what: 'most', count }
}
