import type { AuditAction } from '@lightpress/auth-contract'
import { activityWords, personalActions } from '../security/activity-words.ts'

/** What is about the product, and what an operator says otherwise than the person to whom it happened. */
const forOperators = {
  signing_key_made: 'Signing key made',
  signing_key_retired: 'Signing key retired',
  audit_exported: 'Audit log exported',
  access_suspended: 'Access suspended',
  access_restored: 'Access restored',
  access_removed: 'Access removed',
  operator_granted: 'Made an operator',
  impersonation_started: 'Began to act as the person',
  impersonation_ended: 'Stopped acting as the person',
  stepped_up: 'Confirmed who it is',
} satisfies Partial<Record<AuditAction, string>>

export function auditWords(action: string): string {
  return Object.hasOwn(forOperators, action)
    ? forOperators[action as keyof typeof forOperators]
    : activityWords(action).title
}

const actions = new Set<string>([...personalActions, ...Object.keys(forOperators)])

/** All that can be chosen, by its words. */
export const auditActions = [...actions]
  .map((value) => ({ value, label: auditWords(value) }))
  .sort((a, b) => a.label.localeCompare(b.label))
