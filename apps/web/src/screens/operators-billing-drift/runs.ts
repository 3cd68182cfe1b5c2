import type { Reconciliation } from '@lightpress/billing-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

type Run = Pick<Reconciliation, 'state' | 'compared' | 'lostWebhooks' | 'driftCount' | 'openCount'>

interface Told {
  label: string
  tone: NonNullable<BadgeProps['tone']>
}

/** What came of it, the worst first. */
export function runState({ state, driftCount, openCount }: Pick<Run, 'state' | 'driftCount' | 'openCount'>): Told {
  if (state === 'running') return { label: 'Comparing', tone: 'info' }
  if (state === 'broken_off') return { label: 'Broken off', tone: 'danger' }
  if (openCount > 0) return { label: `${openCount} not repaired`, tone: 'danger' }
  return driftCount > 0 ? { label: `${driftCount} repaired`, tone: 'warning' } : { label: 'No drift', tone: 'success' }
}

/** How many there are is known at the end. */
export function comparedWords({ state, compared }: Pick<Run, 'state' | 'compared'>): string {
  if (state !== 'finished') return 'Subscriptions compared'
  return compared === 1 ? '1 subscription compared' : `${compared} subscriptions compared`
}

/** "3 differences, 2 webhooks lost". */
export function foundWords({
  state,
  driftCount,
  lostWebhooks,
}: Pick<Run, 'state' | 'driftCount' | 'lostWebhooks'>): string {
  if (driftCount === 0) return state === 'finished' ? 'Nothing differed' : 'Nothing that differs so far'
  const differences = driftCount === 1 ? '1 difference' : `${driftCount} differences`
  if (lostWebhooks === 0) return differences
  return `${differences}, ${lostWebhooks === 1 ? '1 webhook' : `${lostWebhooks} webhooks`} lost`
}
