import type { Operation } from '@lightpress/protocol'
import { createScanCheck, explain, nightly } from '@lightpress/testing'
import { users as contract } from '@lightpress/users-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../src/index.ts'
import { fill, idOf } from './scale/fill.ts'
import { startUsers, type App } from './support.ts'

// No query reads a table from its beginning, and none reads more than its answer is worth, however many there are of
// everything: every statement of every query and schedule is explained as it is sent.

// A million people in the run of the night, a tenth of them in every one.
const size = {
  people: nightly ? 1_000_000 : 100_000,
  organizations: 100_000,
  most: { members: nightly ? 10_000 : 1_000, organizations: 500, activities: 100_000 },
  others: nightly ? 100_000 : 10_000,
}

let app: App
beforeAll(async () => {
  app = await startUsers({ env: { ROLES: 'http' } })
  await fill(app.databaseUrl, size)
}, 600_000)
afterAll(() => app.close())

const limit = 25
const [me, big, id] = [idOf('person', 1), idOf('organization', 1), idOf('person', 50_000)]
const cursorOf = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
/** In the middle of the organisation with the most of everything. */
const deep = cursorOf('2024-01-04T12:00:00.000000Z', id)
const likeDeep = cursorOf(0.6, id)
const texts = [
  'garcia',
  'GARCÍA',
  'lovelace ada',
  'jonh smiht',
  'company7',
  'p4711.',
  'example',
  '王伟',
  'м',
  'a',
  '@',
  '%%%%',
]

/**
 * Rows that a statement may look at: of one thing; of a page, each with what is told of it; of the candidates of a
 * search; of all members of the greatest organisation, or organisations of the busiest person, where these are counted
 * or looked through.
 */
const bounds = {
  one: 50,
  page: 20 * (limit + 1),
  candidates: 10 * 500,
  all: 4 * size.most.members,
  log: 2 * size.most.activities,
}

type Question = [keyof typeof bounds, Record<string, unknown>]

/** What each query is asked. */
const questions: Record<string, Question[]> = {
  getMe: [['one', {}]],
  readUsers: [['page', { ids: Array.from({ length: 100 }, (_, n) => idOf('person', 1 + n * 900)) }]],
  readPrincipal: [
    ['one', { userId: me, organizationId: big }],
    ['all', { userId: me, organizationId: null }],
    ['one', { userId: id, organizationId: null }],
  ],
  readOrganizationState: [['one', { organizationId: big }]],
  readOrganizationNames: [['page', { ids: Array.from({ length: 100 }, (_, n) => idOf('organization', 1 + n * 900)) }]],
  readMembers: [
    ['page', { organizationId: big, roles: ['owner'] }],
    ['all', { organizationId: big, roles: ['owner', 'admin', 'member'] }],
  ],
  countMembers: [['all', { organizationId: big }]],
  listOrganizations: [['all', { limit }]],
  getOrganization: [['all', { id: big }]],
  listMembers: [
    ['page', { id: big, limit }],
    ['page', { id: big, limit, cursor: deep }],
    ['page', { id: big, limit, role: 'owner' }],
    ['page', { id: big, limit, role: 'admin', cursor: deep }],
    ...texts.map((query): Question => ['all', { id: big, limit, query }]),
    ['all', { id: big, limit, query: 'garcia', role: 'admin' }],
  ],
  listInvitations: [
    ['page', { id: big, limit }],
    ['page', { id: big, limit, cursor: deep }],
  ],
  listOrganizationActivity: [
    ['page', { id: big, limit }],
    ['page', { id: big, limit, cursor: deep }],
    ['page', { id: big, limit, action: 'role_changed' }],
    ['page', { id: big, limit, action: 'role_changed', cursor: deep }],
    ['page', { id: big, limit, actorId: me }],
    ['page', { id: big, limit, action: 'role_changed', actorId: me }],
    ['page', { id: big, limit, from: '2024-01-02T00:00:00Z', until: '2024-01-09T00:00:00Z' }],
    ['page', { id: big, limit, action: 'logo_changed' }],
    ['page', { id: big, limit, actorId: idOf('person', 90_000) }],
  ],
  readInvitation: [['one', { token: 'none' }]],
  readInvitationMail: [['one', { invitationId: idOf('invitation', 4_711) }]],
  listMyExports: [['one', {}]],
  listExports: [['one', { id: big }]],
  readExportMail: [['one', { exportId: idOf('export', 4_711) }]],
  readErasureMail: [['one', { erasureId: idOf('erasure', 4_711) }]],
  listErasures: [
    ['page', { limit }],
    ['page', { limit, cursor: deep }],
  ],
  previewMyErasure: [['all', {}]],
  previewErasure: [['log', { id: big }]],
  describeErasure: [
    ['all', { subjects: [{ kind: 'person', id: me }] }],
    ['log', { subjects: [{ kind: 'organization', id: big }] }],
  ],
  exportData: (['person', 'organization'] as const).flatMap((kind) =>
    users.data.holdings
      .filter((holding) => holding[kind] && !holding.unexported)
      .map(({ name }): Question => {
        const subject = { kind, id: kind === 'person' ? me : big }
        return ['all', { subject, cursor: cursorOf(name, []) }]
      }),
  ),
  searchUsers: [
    ...[undefined, 'active', 'suspended', 'closing'].flatMap((state): Question[] => [
      ['page', { limit, state }],
      ['page', { limit, state, cursor: cursorOf('2024-09-09T09:09:09.000000Z', id) }],
      ...texts.map((query): Question => ['candidates', { limit, state, query }]),
    ]),
    ['candidates', { limit, query: 'garcia', cursor: likeDeep }],
    ['one', { limit, query: id }],
  ],
  readUser: [
    ['one', { id }],
    ['all', { id: me }],
  ],
  searchOrganizations: [
    ...[undefined, 'active', 'suspended', 'closing'].flatMap((state): Question[] => [
      ['page', { limit, state }],
      ['page', { limit, state, cursor: cursorOf('2024-09-09T09:09:09.000000Z', id) }],
      ...texts.map((query): Question => ['candidates', { limit, state, query }]),
    ]),
    ['candidates', { limit, query: 'garcia', cursor: likeDeep }],
    ['all', { limit, query: big }],
  ],
  readOutboxStates: [['page', { ids: [idOf('event', 4_711), idOf('event', 4_712)] }]],
  readQueues: [['page', {}]],
  listDeadLetters: [
    ['page', { limit }],
    ['page', { limit, cursor: cursorOf('2024-01-14T12:00:00.000000Z', idOf('event', 4_711), 'auth') }],
  ],
  readTrail: [null, { at: '2024-01-04T12:00:00.000000Z', id }].flatMap((before) =>
    [
      { kind: 'person', id: me },
      { kind: 'organization', id: big },
      { kind: 'request', id: 'request-4711' },
    ].map((about): Question => ['page', { about, before, limit: limit + 1 }]),
  ),
  readOrganization: [['all', { id: big }]],
  listOrganizationMembers: [
    ['all', { id: big, limit }],
    ['page', { id: big, limit, cursor: deep }],
    ['page', { id: big, limit, role: 'admin' }],
    ...texts.map((query): Question => ['all', { id: big, limit, query }]),
  ],
}

/** As the owner of the greatest organisation, who is an operator; internal ones as another module. */
function ask(name: string, input: Record<string, unknown>): Promise<unknown> {
  const operation = contract.operations[name as keyof typeof contract.operations] as Operation
  const identity = { userId: me, organizationId: big, role: 'owner' as const, operator: true }
  const client = (operation.path === undefined ? app.internal : app.as(contract, identity)) as unknown as Client
  return client[name]!(input)
}
type Client = Record<string, (input: unknown) => Promise<unknown>>

const check = createScanCheck('users', bounds, () => app.contextFor('users').db)

describe(`with ${size.people} people and ${size.organizations} organisations`, () => {
  it('every query of the contract is asked here, and every list', () => {
    const queries = Object.entries(contract.operations).filter(
      ([name, { kind }]) => kind === 'query' && name !== 'readDeliveryStates',
    )
    expect(Object.keys(questions).sort()).toEqual(queries.map(([name]) => name).sort())
  })

  it.each(Object.entries(questions))('%s scans nothing', async (name, asked) => {
    const faults: string[] = []
    for (const [bound, input] of asked) {
      const runs = await explain(() => ask(name, input), app.contextFor('users'))
      expect(runs.length, 'statements').toBeGreaterThan(name === 'readInvitation' ? -1 : 0)
      faults.push(...(await check(runs, bound, `${name} ${JSON.stringify(input)}`)))
    }
    expect(faults).toEqual([])
  })

  it.each([...users.schedules.values()].map(({ name, run }) => [name, run] as const))(
    'the schedule %s scans nothing',
    async (name, run) => {
      const runs = await explain(() => run(app.contextFor('users') as never), app.contextFor('users'))
      expect(await check(runs, 'page', name)).toEqual([])
    },
  )
})
