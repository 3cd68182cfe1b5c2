import type { AuditEntry } from '@lightpress/auth-contract'
import { activityDetails } from '../security/activity-words.ts'
import { timelinePath } from '../operators-timeline/subject.ts'
import { deviceName } from '../security/device-name.ts'

export type People = ReadonlyMap<string, { name: string; email: string }>

export interface Fact {
  term: string
  text: string
  /** To be compared and copied, letter by letter. */
  code?: boolean
  /** Where more is known of it. */
  href?: string
}

/** All that was recorded, in words; what was not, or was erased, has no line. */
export function factsOf(entry: AuditEntry, people: People): Fact[] {
  const person = (id: string | null) => id && personText(id, people)
  return [
    { term: 'Time', text: entry.at, code: true },
    { term: 'Done by', text: person(entry.actorId) },
    { term: 'By the operator', text: person(entry.impersonatorId) },
    { term: 'Account', text: person(entry.userId) },
    { term: 'How', text: activityDetails({ ...entry, impersonated: false })[0] },
    { term: 'Why', text: entry.note },
    { term: 'Device', text: entry.device && deviceName(entry.device) },
    { term: 'IP address', text: entry.ip, code: true },
    { term: 'Organisation', text: entry.organizationId, code: true },
    { term: 'Session', text: entry.sessionId, code: true },
    { term: 'API key', text: entry.apiKeyId, code: true },
    { term: 'Request', text: entry.requestId, code: true, ...linkOf(entry) },
    { term: 'Entry', text: entry.id, code: true },
  ].filter((fact): fact is Fact => Boolean(fact.text))
}

function linkOf({ requestId }: AuditEntry): Pick<Fact, 'href'> {
  return requestId === null ? {} : { href: timelinePath({ requestId }) }
}

/** What nobody does. */
const ofItself = new Set<AuditEntry['action']>(['signing_key_made', 'signing_key_retired'])

/** Whose account it is about, and who did it when that is somebody else. */
export function whoOf({ action, actorId, impersonatorId, userId }: AuditEntry, people: People): string {
  const about = userId === null ? undefined : nameOf(userId, people)
  const doer = impersonatorId ?? (actorId === userId ? null : actorId)
  const by = doer === null ? undefined : `by ${nameOf(doer, people)}`
  return (
    [about, by].filter((part) => part !== undefined).join(' · ') ||
    (ofItself.has(action) ? 'The system' : 'Nobody with an account')
  )
}

function nameOf(id: string, people: People): string {
  return people.get(id)?.name ?? 'Somebody who is gone'
}

function personText(id: string, people: People): string {
  const known = people.get(id)
  return known ? `${known.name} (${known.email}), ${id}` : id
}
