import type { Interval, PlanId } from '@lightpress/billing-contract'

export type PaidPlanId = Exclude<PlanId, 'free'>

/** What somebody wants, as the address of the billing screen says it. */
export interface Choice {
  planId: PaidPlanId
  interval: Interval
  /** To try it first. */
  trial: boolean
  /** A promotion code, as it came with a link of ours. */
  code: string | undefined
}

export function choicePath({ planId, interval, trial, code }: Choice): string {
  const query = new URLSearchParams({ plan: planId, interval })
  if (trial) query.set('trial', 'yes')
  if (code !== undefined) query.set('code', code)
  return `/billing?${query}`
}

export function parseInterval(value: string | undefined): Interval {
  return value === 'year' ? value : 'month'
}

/** As in billing's contract: what is longer or empty is no code. */
export function parseCode(value: string | undefined): string | undefined {
  const code = value?.trim() ?? ''
  return code === '' || code.length > 100 ? undefined : code
}
