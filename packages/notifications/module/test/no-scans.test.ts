import { notifications as contract } from '@lightpress/notifications-contract'
import type { Operation } from '@lightpress/protocol'
import { createScanCheck, explain, nightly } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notifications } from '../src/index.ts'
import { webhookDelivery } from '../src/webhooks/schema.ts'
import { fill, idOf } from './scale/fill.ts'
import { startNotifications, type App } from './support/app.ts'

// No query reads a table from its beginning, and none reads more than its answer is worth, however many there are of
// everything: every statement of every query and schedule is explained as it is sent.

const size = { people: nightly ? 200_000 : 20_000, others: nightly ? 400_000 : 40_000, most: 4_000 }

let app: App
beforeAll(async () => {
  app = await startNotifications({ ROLES: 'http' })
  app.people.set(me, { id: me, email: 'p1@example.com', name: 'Ada', locale: 'en', timeZone: 'UTC' })
  await fill(size, app.ctx)
}, 300_000)
afterAll(() => app.close())

const limit = 25
const [me, big, endpoint] = [idOf('person', 1), idOf('organization', 1), idOf('endpoint', 0)]
const cursorOf = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
const longAgo = new Date(Date.now() - 45 * 86_400_000).toISOString()

/**
 * Rows that a statement may look at: of one thing; of a page, each with what is told of it; of all that one person or
 * organisation has, where that is counted or looked through; of what is behind, as far as it is taken at once.
 */
const bounds = { one: 50, page: 20 * (limit + 1), all: 2 * size.most, backlog: 4_000 }
type Question = [keyof typeof bounds, Record<string, unknown>]

/** Each as it is, and from the middle of its answer on. */
const paged = (input: Record<string, unknown>, ...key: unknown[]): Question[] => [
  ['page', { limit, ...input }],
  ['page', { limit, ...input, cursor: cursorOf(...key) }],
]
const [oldMessage, oldNotice] = [idOf('message', 2_000), 2_000]

/** What each query is asked, by the person with the most of everything, who owns such an organisation and is an operator. */
const questions: Record<string, () => Promise<Question[]> | Question[]> = {
  listNotifications: () => [
    ...['inbox', 'unread', 'archive'].flatMap((show) => paged({ show }, oldNotice)),
    ...['account', 'billing', 'security', 'product'].flatMap((category) =>
      paged({ show: 'inbox', category }, oldNotice),
    ),
    ['all', { limit, show: 'unread', category: 'product' }],
    ['all', { limit, show: 'archive', category: 'product' }],
  ],
  getUnreadCount: () => [['all', {}]],
  getPreferences: () => [['one', {}]],
  adminListMessages: () =>
    [
      ...[{}, { userId: me }, { organizationId: big }, { recipient: 'p4711@example.com' }],
      ...['pending', 'sent', 'failed', 'suppressed'].map((status) => ({ status })),
      ...['digest', 'receipt', 'no_such_template'].map((template) => ({ template })),
      ...[
        { status: 'failed', template: 'digest' },
        { status: 'failed', userId: me },
      ],
    ].flatMap((input) => paged(input, oldMessage)),
  adminListSuppressions: () => [
    ...paged({}, idOf('address', 10_002)),
    ...paged({ address: 'p4712@example.com' }, oldMessage),
  ],
  adminReadTimeline: () => [['page', { userId: me, limit }]],
  adminListQueues: () => [['page', {}]],
  adminListDeadLetters: () => [['page', { module: 'notifications', limit }]],
  adminReadLetterStates: () => [['page', { module: 'notifications', ids: [idOf('event', 4_711)] }]],
  listWebhookEndpoints: () => [['page', {}]],
  getWebhookEndpoint: () => [['one', { id: endpoint }]],
  listWebhookDeliveries: () => [
    ...paged({ id: endpoint }, idOf('event', 1)),
    ...['pending', 'delivered', 'failed'].map((status): Question => ['all', { id: endpoint, limit, status }]),
    ['page', { id: endpoint, limit, eventType: 'member.left' }],
    ['all', { id: endpoint, limit, status: 'failed', eventType: 'webhooks.test' }],
  ],
  getWebhookDelivery: async () => {
    const [row] = await app.ctx.db
      .select()
      .from(webhookDelivery)
      .where(eq(webhookDelivery.endpointId, endpoint))
      .limit(1)
    return [['one', { id: row?.id }]]
  },
  readOutboxStates: () => [['page', { ids: [idOf('event', 4_711), idOf('event', 4_712)] }]],
  readQueues: () => [['page', {}]],
  listDeadLetters: () => paged({}, longAgo, idOf('event', 4_711), 'users'),
  readTrail: () =>
    [null, { at: longAgo, id: idOf('event', 4_711) }].flatMap((before) =>
      [
        { kind: 'person', id: me },
        { kind: 'organization', id: big },
        { kind: 'request', id: 'request-4711' },
      ].map((about): Question => ['page', { about, before, limit: limit + 1 }]),
    ),
  describeErasure: () => [
    ['all', { subjects: [{ kind: 'person', id: me }] }],
    ['all', { subjects: [{ kind: 'organization', id: big }] }],
  ],
  exportData: () =>
    (['person', 'organization'] as const).flatMap((kind) =>
      notifications.data.holdings
        .filter((holding) => holding[kind] && !holding.unexported)
        .map(({ name }): Question => {
          const subject = { kind, id: kind === 'person' ? me : big }
          return ['all', { subject, cursor: cursorOf(name, []) }]
        }),
    ),
}

function ask(name: string, input: Record<string, unknown>): Promise<unknown> {
  const operation = contract.operations[name as keyof typeof contract.operations] as Operation
  const identity = { userId: me, organizationId: big, role: 'owner' as const, operator: true }
  const client = operation.path === undefined ? app.callAs('users', contract) : app.as(contract, identity)
  return (client as unknown as Client)[name]!(input)
}
type Client = Record<string, (input: unknown) => Promise<unknown>>

const check = createScanCheck('notifications', bounds, () => app.ctx.db)

describe(`with ${size.people} people and ${size.others} of what they have`, () => {
  it('every query of the contract is asked here', () => {
    const names = Object.keys(contract.operations) as (keyof typeof contract.operations)[]
    const queries = names.filter((name) => contract.operations[name].kind === 'query' && name !== 'readDeliveryStates')
    expect(Object.keys(questions).sort()).toEqual(queries.sort())
  })

  it.each(Object.entries(questions))('%s scans nothing', async (name, asked) => {
    const faults: string[] = []
    for (const [bound, input] of await asked()) {
      const runs = await explain(() => ask(name, input), app.ctx)
      expect(runs.length, 'statements').toBeGreaterThan(0)
      faults.push(...(await check(runs, bound, `${name} ${JSON.stringify(input)}`)))
    }
    expect(faults).toEqual([])
  })

  it('reading all of an inbox scans nothing', async () => {
    const runs = await explain(() => ask('markAllRead', {}), app.ctx)
    expect(await check(runs, 'all', 'markAllRead')).toEqual([])
  })

  it.each([...notifications.schedules.values()].map(({ name, run }) => [name, run] as const))(
    'the schedule %s scans nothing',
    async (name, run) => {
      const runs = await explain(() => run(app.ctx as never), app.ctx)
      expect(await check(runs, 'backlog', name)).toEqual([])
    },
  )
})
