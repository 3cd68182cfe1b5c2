import { AuditAction, type AuditEntry } from '@lightpress/auth-contract'
import { expect, it } from 'vitest'
import { dayStart } from '../src/ui/day-start.ts'
import { factsOf, whoOf } from '../src/screens/operators-audit/facts.ts'
import { toAuditFilter, toQuery } from '../src/screens/operators-audit/filter.ts'
import { parseFilter } from '../src/screens/operators-audit/parse-filter.ts'
import { auditActions, auditWords } from '../src/screens/operators-audit/words.ts'

it.each([
  ['2026-11-20', 'UTC', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20', 'Europe/Berlin', '2026-11-19T23:00:00.000Z'],
  ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ['2026-11-20', 'Asia/Kolkata', '2026-11-19T18:30:00.000Z'],
  // The clocks change in the course of these days.
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
])('begins the day %s in %s at %s', (day, zone, moment) => {
  expect(dayStart(day, zone)?.toISOString()).toBe(moment)
})

it('counts the last day to its end, across a change of the clocks', () => {
  const filter = toAuditFilter({ from: '2026-10-25', until: '2026-10-25' }, 'Europe/Berlin')
  expect(filter).toEqual({ from: '2026-10-24T22:00:00.000Z', until: '2026-10-25T23:00:00.000Z' })
})

it('leaves out what is empty, or no day', () => {
  expect(toAuditFilter({ person: '', from: 'yesterday', until: undefined, impersonated: 'yes' }, 'UTC')).toEqual({})
  expect(toQuery({ person: '', action: 'signed_in', impersonated: undefined }).toString()).toBe('action=signed_in')
})

it('takes of an address what the form could have written there', () => {
  const written = { person: 'ada@example.com', action: 'signed_in', from: '2026-11-20', impersonated: 'true' }
  expect(parseFilter(written)).toEqual({ ...written, until: undefined })
  const made = { person: 'nobody', action: 'nonsense', from: 'soon', until: '1', impersonated: 'yes' }
  expect(toQuery(parseFilter(made)).toString()).toBe('')
})

it('offers every act of the log, each in words of its own', () => {
  expect(auditActions.map(({ value }) => value).toSorted()).toEqual(AuditAction.options.toSorted())
  expect(new Set(auditActions.map(({ label }) => label)).size).toBe(auditActions.length)
  expect(auditWords('of_a_newer_server')).not.toBe('')
})

const [ada, olga] = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002']
const people = new Map([
  [ada, { name: 'Ada', email: 'ada@example.com' }],
  [olga, { name: 'Olga', email: 'olga@example.com' }],
])
const entry: AuditEntry = {
  id: '01900000-0000-7000-8000-000000000009',
  at: '2026-11-20T12:00:00.000Z',
  action: 'organization_switched',
  actorId: ada,
  impersonatorId: null,
  apiKeyId: null,
  method: null,
  factor: null,
  note: null,
  userId: ada,
  organizationId: null,
  sessionId: null,
  requestId: 'req-1',
  ip: null,
  device: null,
}

it('says who it was about, and who did it when that was somebody else', () => {
  expect(whoOf(entry, people)).toBe('Ada')
  expect(whoOf({ ...entry, actorId: olga }, people)).toBe('Ada · by Olga')
  expect(whoOf({ ...entry, impersonatorId: olga }, people)).toBe('Ada · by Olga')
  expect(whoOf({ ...entry, userId: null, actorId: null }, people)).toBe('Nobody with an account')
  expect(whoOf({ ...entry, action: 'signing_key_made', userId: null, actorId: null }, people)).toBe('The system')
  expect(whoOf(entry, new Map())).toBe('Somebody who is gone')
})

it('lists what was recorded, and has no line for what was not', () => {
  const terms = factsOf({ ...entry, impersonatorId: olga, note: 'Ticket 1' }, people).map(({ term }) => term)
  expect(terms).toEqual(['Time', 'Done by', 'By the operator', 'Account', 'Why', 'Request', 'Entry'])
})
