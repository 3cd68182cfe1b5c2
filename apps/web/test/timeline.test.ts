import type { TrailItem } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'
import { groupByRequest, type TrailNode } from '../src/screens/operators-timeline/group.ts'
import { parseSubject, timelinePath } from '../src/screens/operators-timeline/subject.ts'
import {
  afterWords,
  amountWords,
  betweenWords,
  missingWords,
  operationWords,
  stateWords,
  typeWords,
} from '../src/screens/operators-timeline/words.ts'

const alone = { older: false, newer: false }

/** `id(3)`: the same for the same number. */
const id = (number: number) => `019aa1b2-0000-7000-8000-${String(number).padStart(12, '0')}`
const at = (second: number) => `2026-11-21T09:00:${String(second).padStart(2, '0')}.000000Z`

function item(number: number, more: Partial<TrailItem> = {}): TrailItem {
  return {
    id: id(number),
    at: at(number),
    module: 'users',
    kind: 'event',
    type: 'users.invitation.sent.v1',
    listener: null,
    state: 'done',
    error: null,
    requestId: 'req-1',
    causeId: null,
    operation: null,
    actorId: null,
    userId: null,
    organizationId: null,
    details: {},
    ...more,
  }
}

const delivery = (number: number, listener: string, more: Partial<TrailItem> = {}) =>
  item(number, { id: `${id(number)}:${listener}`, listener, ...more })
const job = (number: number, more: Partial<TrailItem> = {}) =>
  delivery(number, 'notifications', { kind: 'job', type: 'deliver', module: 'notifications', ...more })
const mail = (number: number, more: Partial<TrailItem> = {}) =>
  item(number, { kind: 'message', type: 'invitation', module: 'notifications', state: 'sent', ...more })

/** `1(2(3) 4)`: the seconds of what happened, with what came of each. */
function drawn(nodes: readonly TrailNode[]): string {
  return nodes
    .map(({ items, children }) => {
      const second = Number(items[0].at.slice(17, 19))
      return children.length === 0 ? `${second}` : `${second}(${drawn(children)})`
    })
    .join(' ')
}

const treeOf = (items: readonly TrailItem[]) => groupByRequest(items, alone).map(({ roots }) => drawn(roots))

describe('a request', () => {
  it('is a tree from the event to the job and the e-mail, whatever the order of what is told', () => {
    const told = [
      item(1, { kind: 'audit', type: 'member_invited' }),
      delivery(2, 'notifications'),
      job(3, { causeId: id(2), details: { messageId: id(4) } }),
      mail(4, { causeId: id(2) }),
    ]
    expect(treeOf(told)).toEqual(['1 2(3(4))'])
    expect(treeOf(told.toReversed())).toEqual(['1 2(3(4))'])
    expect(treeOf([told[2]!, told[0]!, told[3]!, told[1]!])).toEqual(['1 2(3(4))'])
  })

  it('has what comes of an event in the order in which it came', () => {
    const event = delivery(1, 'notifications')
    expect(treeOf([mail(9, { causeId: id(1) }), mail(3, { causeId: id(1) }), event])).toEqual(['1(3 9)'])
  })

  it('has an event once, for all who listen to it', () => {
    const request = groupByRequest(
      [delivery(1, 'notifications'), delivery(1, 'billing'), mail(2, { causeId: id(1) })],
      alone,
    )[0]!
    expect(drawn(request.roots)).toBe('1(2)')
    expect(request.roots[0]?.items.map(({ listener }) => listener)).toEqual(['billing', 'notifications'])
  })

  it('ends where something would be its own cause', () => {
    expect(treeOf([job(1, { causeId: id(1) })])).toEqual(['1'])
    const round = [job(1, { causeId: id(3) }), job(2, { causeId: id(1) }), job(3, { causeId: id(2) })]
    const [tree = ''] = treeOf(round)
    expect(tree.match(/\d/g)?.toSorted()).toEqual(['1', '2', '3'])
  })

  it('has what caused nothing that is here at its top, and says that there is more', () => {
    const [request] = groupByRequest([mail(4, { causeId: id(2) }), mail(5, { causeId: id(4) })], alone)
    expect(drawn(request!.roots)).toBe('4(5)')
    expect(request!.cut).toBe(true)
    expect(groupByRequest([delivery(2, 'notifications'), mail(4, { causeId: id(2) })], alone)[0]!.cut).toBe(false)
  })

  it('says what was called and by whom, as far as any of it says so', () => {
    const told = [
      mail(3),
      item(1, { kind: 'audit' }),
      delivery(2, 'notifications', { operation: 'users.invite', actorId: id(7) }),
    ]
    expect(groupByRequest(told, alone)[0]).toMatchObject({
      operation: 'users.invite',
      actorId: id(7),
      startedAt: at(1),
    })
  })
})

describe('requests', () => {
  const of = (requestId: string, ...seconds: number[]) => seconds.map((second) => delivery(second, 'x', { requestId }))

  it('stand with the one that began last first', () => {
    const told = [...of('early', 1, 50), ...of('late', 10)]
    expect(groupByRequest(told, alone).map((request) => request.id)).toEqual(['late', 'early'])
  })

  it('compare times with more digits and with fewer', () => {
    const told = [
      delivery(1, 'x', { requestId: 'second', at: '2026-11-21T09:00:00.123456Z' }),
      delivery(2, 'x', { requestId: 'first', at: '2026-11-21T09:00:00.123Z' }),
    ]
    expect(groupByRequest(told, alone).map((request) => request.id)).toEqual(['second', 'first'])
  })

  it('at the edge of a page may go on behind it', () => {
    const told = [...of('oldest', 1), ...of('between', 2), ...of('newest', 3)]
    const cut = (beside: Parameters<typeof groupByRequest>[1]) =>
      groupByRequest(told, beside)
        .filter((request) => request.cut)
        .map((request) => request.id)
    expect(cut(alone)).toEqual([])
    expect(cut({ older: true, newer: false })).toEqual(['oldest'])
    expect(cut({ older: true, newer: true })).toEqual(['newest', 'oldest'])
  })

  it('are none where nothing is told', () => expect(groupByRequest([], { older: true, newer: true })).toEqual([]))
})

describe('what an address asks for', () => {
  it('is a request before a person, and a person before an organisation', () => {
    expect(parseSubject({ requestId: ' req-1 ', userId: id(1) })).toEqual({ requestId: 'req-1' })
    expect(parseSubject({ userId: id(1).toUpperCase(), organizationId: id(2) })).toEqual({ userId: id(1) })
    expect(parseSubject({ organizationId: id(2) })).toEqual({ organizationId: id(2) })
  })

  it('is nothing without an id, and no one where an id is not whole', () => {
    expect(parseSubject({})).toBeUndefined()
    expect(parseSubject({ userId: ' ' })).toBeUndefined()
    expect(parseSubject({ userId: 'ada' })).toBeNull()
    expect(parseSubject({ requestId: 'x'.repeat(101) })).toBeNull()
  })

  it('is what a link to it says', () => {
    expect(timelinePath({ requestId: 'a&b' })).toBe('/operators/timeline?requestId=a%26b')
    expect(timelinePath({ requestId: 'a' }, id(1))).toBe(`/operators/timeline?requestId=a#${id(1)}`)
  })
})

describe('in words', () => {
  it.each([
    ['event', 'users.membership.changed.v1', 'Membership changed'],
    ['event', 'auth.security.alerted.v1', 'Security alert raised'],
    ['job', 'deliver', 'Send an e-mail'],
    ['job', 'of-a-newer-server', 'Of a newer server'],
    ['message', 'trial_ending', 'Trial about to end'],
    ['message', 'of_a_newer_server', 'Of a newer server'],
    ['notice', 'security', 'Security notice'],
    ['audit', 'signed_in', 'Signed in'],
    ['audit', 'organization_created', 'Organisation created'],
    ['audit', 'of_a_newer_server', 'Of a newer server'],
    ['charge', 'invoice', 'Invoice'],
    ['job', 'constructor', 'Constructor'],
  ] as const)('the %s %s is: %s', (kind, type, words) => expect(typeWords({ kind, type })).toBe(words))

  it('an operation and a schedule are told alike', () => {
    expect(operationWords('users.createOrganization')).toBe('Create organisation')
    expect(operationWords('auth.createApiKey')).toBe('Create API key')
    expect(operationWords('notifications.deliver-again')).toBe('Deliver again')
  })

  it('it is said how long after the request something came', () => {
    const after = (seconds: number) => afterWords(at(0), new Date(Date.parse(at(0)) + seconds * 1000).toISOString())
    expect([-1, 0.9, 2, 119, 120, 7200, 172_800].map(after)).toEqual([
      '',
      '+900 ms',
      '+2 s',
      '+119 s',
      '+2 min',
      '+2 h',
      '+2 days',
    ])
  })

  it('it is said from whom to whom it went', () => {
    const users = { module: 'users' }
    expect(
      betweenWords([
        { ...users, listener: 'billing' },
        { ...users, listener: 'auth' },
      ]),
    ).toBe('users to billing and auth')
    expect(betweenWords([{ ...users, listener: 'users' }])).toBe('users')
    expect(betweenWords([{ ...users, listener: null }])).toBe('users')
  })

  it('a charge is paid, a notice read, and an act has no state', () => {
    const label = (more: Partial<TrailItem>) => stateWords(item(1, more))?.label
    expect(label({ kind: 'charge', state: 'done' })).toBe('Paid')
    expect(label({ kind: 'charge', state: 'cancelled' })).toBe('Void')
    expect(label({ kind: 'notice', state: 'done', details: { readAt: at(1) } })).toBe('Read')
    expect(label({ kind: 'notice', state: 'done' })).toBe('Not read yet')
    expect(label({ kind: 'audit', state: 'done' })).toBeUndefined()
    expect(label({ kind: 'event', state: 'dead' })).toBe('Dead letter')
  })

  it('an amount is said with what was given back', () => {
    expect(amountWords({ details: {} })).toBeUndefined()
    expect(amountWords({ details: { total: '29.00 EUR' } })).toBe('29.00 EUR')
    expect(amountWords({ details: { total: '29.00 EUR', refunded: '9.00 EUR' } })).toBe('29.00 EUR, 9.00 EUR refunded')
  })

  it('whom nobody could ask is named', () => {
    expect(missingWords(['billing'])).toContain('What billing knows is missing')
    expect(missingWords(['auth', 'billing'])).toContain('What auth and billing know is missing')
  })
})
