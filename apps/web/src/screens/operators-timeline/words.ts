import type { TrailItem } from '@lightpress/protocol'
import type { BadgeProps } from '../../ui/badge.tsx'
import { capitalized, inWords, listed } from '../../ui/in-words.ts'
import { auditActions } from '../operators-audit/words.ts'
import { templateWords } from '../operators-messages/words.ts'
import { activityActions } from '../organization-activity/sentence.ts'

interface Told {
  label: string
  tone: NonNullable<BadgeProps['tone']>
}

export const kindWords: Record<TrailItem['kind'], string> = {
  event: 'Event',
  job: 'Job',
  audit: 'Act',
  message: 'E-mail',
  notice: 'Notice',
  webhook: 'Webhook',
  charge: 'Charge',
}

/** What went as it should is no colour; what came to its end outside is. */
export const trailStates: Record<TrailItem['state'], Told> = {
  pending: { label: 'Waiting', tone: 'info' },
  published: { label: 'In the queue', tone: 'info' },
  done: { label: 'Done', tone: 'neutral' },
  dead: { label: 'Dead letter', tone: 'danger' },
  sent: { label: 'Sent', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  suppressed: { label: 'Suppressed', tone: 'warning' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
}

const unusual: Partial<Record<TrailItem['kind'], Partial<Record<TrailItem['state'], Told>>>> = {
  charge: {
    pending: { label: 'Open', tone: 'info' },
    done: { label: 'Paid', tone: 'success' },
    cancelled: { label: 'Void', tone: 'neutral' },
    failed: { label: 'Uncollectible', tone: 'danger' },
  },
}

/** How it stands; undefined where that says nothing, as of what somebody did. */
export function stateWords({ kind, state, details }: Pick<TrailItem, 'kind' | 'state' | 'details'>): Told | undefined {
  if (kind === 'audit' && state === 'done') return undefined
  if (kind === 'notice' && state === 'done') return { label: details.readAt ? 'Read' : 'Not read yet', tone: 'neutral' }
  return unusual[kind]?.[state] ?? trailStates[state]
}

/** What was charged and given back, as the module says it: "29.00 EUR". */
export function amountWords({ details: { total, refunded } }: Pick<TrailItem, 'details'>): string | undefined {
  if (total === undefined) return undefined
  return refunded === undefined ? total : `${total}, ${refunded} refunded`
}

/** Where a name of the code would say too little. */
const told: Record<string, string> = {
  'auth.security.alerted.v1': 'Security alert raised',
  'auth.email.changed.v1': 'Address changed',
  'auth.recovery.due.v1': 'Removal of second factors is due',
  'auth.recovery.requested.v1': 'Removal of second factors asked for',
  'auth.magic_link.requested.v1': 'Link to sign in asked for',
  'auth.password_reset.requested.v1': 'New password asked for',
  'auth.email_change.requested.v1': 'Change of address asked for',
  'auth.registration.requested.v1': 'Sign-up begun',
  'users.user.created.v1': 'Account created',
  'users.access.changed.v1': 'Access of a person changed',
  'users.organization.access_changed.v1': 'Access of an organisation changed',
  'billing.trial.ending.v1': 'Trial is about to end',
  deliver: 'Send an e-mail',
  deliver_news: 'Send an e-mail',
  'follow-person': 'Follow what became of a person',
  'follow-organization': 'Follow what became of an organisation',
  'follow-owners': 'Tell the payment provider who the owners are',
  'follow-seats': 'Tell the payment provider how many seats there are',
  'join-invited': 'Let somebody in who was invited',
  'copy-email': 'Copy a new address',
  converge: 'Read a customer from the payment provider',
  reconcile: 'Compare with the payment provider',
  'ship-usage': 'Tell the payment provider what was used',
}

const acts = new Map<string, string>([...activityActions, ...auditActions].map(({ value, label }) => [value, label]))

/** What it is, in plain words: of events and jobs what they are about, of mails and acts what they are called elsewhere. */
export function typeWords({ kind, type }: Pick<TrailItem, 'kind' | 'type'>): string {
  if (Object.hasOwn(told, type)) return told[type] as string
  if (kind === 'message') return templateWords(type)
  if (kind === 'notice') return `${plain(type)} notice`
  if (kind === 'audit') return acts.get(type) ?? plain(type)
  return plain(type)
}

/** `users.membership.changed.v1`: "Membership changed". */
function plain(type: string): string {
  const whole = type.replace(/\.v\d+$/, '')
  const own = whole === type ? type : whole.slice(whole.indexOf('.') + 1)
  return asWeWrite(own)
}

/** `users.inviteMember`: "Invite member". What was no request has the name of the schedule or of the command. */
export function operationWords(operation: string): string {
  return asWeWrite(operation.slice(operation.indexOf('.') + 1))
}

function asWeWrite(name: string): string {
  return capitalized(
    inWords(name)
      .replaceAll('organization', 'organisation')
      .replace(/\bapi\b/, 'API'),
  )
}

/** Who did what nobody is named for. */
export function doerWords(requestId: string): string {
  return requestId.startsWith('schedule-') ? 'by schedule' : 'by nobody who was signed in'
}

/** That a request has more than what stands here. `whole`: its pages are of nothing else. */
export function cutWords(whole: boolean): string {
  return whole
    ? 'This is a part of it: the rest is on the other pages, or was forgotten after thirty days.'
    : 'Some of it is not on this page.'
}

/** How long after the request began. */
export function afterWords(start: string, at: string): string {
  const milliseconds = Date.parse(at) - Date.parse(start)
  if (milliseconds <= 0) return ''
  const seconds = Math.floor(milliseconds / 1000)
  if (seconds < 1) return `+${milliseconds} ms`
  if (seconds < 120) return `+${seconds} s`
  if (seconds < 7200) return `+${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `+${Math.floor(seconds / 3600)} h` : `+${Math.floor(seconds / 86_400)} days`
}

/** Where it is from and for whom: "users to billing and notifications". */
export function betweenWords(items: readonly Pick<TrailItem, 'module' | 'listener'>[]): string {
  const module = items[0]?.module ?? ''
  const listeners = items.map(({ listener }) => listener).filter((listener) => listener !== null && listener !== module)
  return listeners.length === 0 ? module : `${module} to ${listed(listeners as string[])}`
}

/** Of modules that could not be asked. */
export function missingWords(modules: readonly string[]): string {
  return `What ${listed(modules)} ${modules.length === 1 ? 'knows' : 'know'} is missing just now. Look again in a moment.`
}
