import type { StripeEvent } from '@lightpress/billing-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

interface Told {
  label: string
  tone: NonNullable<BadgeProps['tone']>
}

export const eventOutcomes: Record<StripeEvent['outcome'], Told> = {
  read: { label: 'Read', tone: 'success' },
  waiting: { label: 'Waiting', tone: 'info' },
  ignored: { label: 'Ignored', tone: 'neutral' },
}

export const ignoredWords: Record<NonNullable<StripeEvent['ignoredBecause']>, string> = {
  other_kind: 'nothing of ours depends on this type',
  other_account: 'it is of another account',
  other_mode: 'it is of test mode here, or of live mode there',
  unknown_customer: 'its customer is none of ours',
}

/** Whether reading once more could find anything. */
export function canReplay({ outcome, ignoredBecause }: StripeEvent): boolean {
  return outcome !== 'ignored' || ignoredBecause === 'unknown_customer'
}

/** How long it was on its way. Two clocks: what looks as if it came before it was sent came without delay. */
export function delayWords({ createdAt, receivedAt }: Pick<StripeEvent, 'createdAt' | 'receivedAt'>): string {
  // The provider counts whole seconds.
  const seconds = Math.floor((Date.parse(receivedAt) - Date.parse(createdAt)) / 1000)
  if (seconds < 2) return 'without delay'
  if (seconds < 120) return `${seconds} s late`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min late`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h late` : `${Math.floor(seconds / 86_400)} days late`
}
