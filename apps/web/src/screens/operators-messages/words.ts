import type { MailRecord } from '@lightpress/notifications-contract'
import type { BadgeProps } from '../../ui/badge.tsx'
import { capitalized, inWords } from '../../ui/in-words.ts'

interface Told {
  label: string
  tone: NonNullable<BadgeProps['tone']>
}

export const mailStates: Record<MailRecord['status'], Told> = {
  pending: { label: 'Waiting', tone: 'info' },
  sent: { label: 'Sent', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  suppressed: { label: 'Suppressed', tone: 'warning' },
}

/** What the provider said after it took the message. */
export const outcomes: Record<NonNullable<MailRecord['outcome']>, Told> = {
  delivered: { label: 'Delivered', tone: 'success' },
  bounced: { label: 'Bounced', tone: 'danger' },
  complained: { label: 'Called spam', tone: 'danger' },
}

const templates: Record<string, string> = {
  registration: 'Confirmation of an address',
  password_reset: 'Link for a new password',
  magic_link: 'Link to sign in',
  email_change_old: 'Change of address, to the old one',
  email_change_new: 'Change of address, to the new one',
  security_alert: 'Security alert',
  recovery: 'Removal of second factors',
  invitation: 'Invitation',
  export_ready: 'Export is ready',
  erasure_receipt: 'Receipt of an erasure',
  receipt: 'Receipt of a payment',
  payment_failed: 'Payment that failed',
  plan_paused: 'Plan paused',
  trial_ending: 'Trial about to end',
  digest: 'Digest',
  notice: 'Notice',
}

/** A newer server may send what this page has no words for yet. */
export function templateWords(template: string): string {
  return Object.hasOwn(templates, template) ? (templates[template] as string) : capitalized(inWords(template))
}

export const templateOptions = Object.entries(templates)
  .map(([value, label]) => ({ value, label }))
  .sort((a, b) => a.label.localeCompare(b.label))

export const statusOptions = Object.entries(mailStates).map(([value, { label }]) => ({ value, label }))

export function attemptsWords(count: number): string {
  return count === 1 ? '1 attempt' : `${count} attempts`
}

/** Until when it waits because it is quiet where the person is; null once that is over, whatever else it waits for. */
export function waits({ status, notBefore }: Pick<MailRecord, 'status' | 'notBefore'>, now: Date): string | null {
  return status === 'pending' && notBefore !== null && Date.parse(notBefore) > now.getTime() ? notBefore : null
}
