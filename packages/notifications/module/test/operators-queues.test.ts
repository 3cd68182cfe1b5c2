import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import type { DeadLetter, Input, QueueState } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outbox } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'

type Kernel = (typeof contract)['operations']

const queue = (listener: string, about: Partial<QueueState> = {}): QueueState => ({
  ...{ listener, kind: 'event', pending: 0, delayed: 0, published: 0, dead: 0, oldestAt: null },
  ...about,
})
const letter: DeadLetter = {
  ...{ id: newId(), listener: 'billing', kind: 'event', type: 'users.user.created.v1', payload: {} },
  ...{ error: 'It never could.', requestId: 'a-request', createdAt: '2026-01-01T00:00:00.000Z' },
}
const replayed: Input<Kernel['replayDeadLetters']>[] = []

let app: App
beforeAll(async () => {
  app = await startNotifications(
    {},
    {
      auth: { readQueues: () => ({ queues: [] }) },
      billing: { readQueues: () => ({ queues: [queue('billing', { kind: 'job', dead: 1 })] }) },
      users: {
        readQueues: () => ({ queues: [queue('billing', { dead: 2 }), queue('auth', { pending: 3 })] }),
        listDeadLetters: () => ({ items: [letter], nextCursor: null }),
        readOutboxStates: ({ ids }: Input<Kernel['readOutboxStates']>) => ({
          items: ids.map((id) => ({ id, listener: 'billing', state: 'published' as const })),
        }),
        replayDeadLetters: (input: Input<Kernel['replayDeadLetters']>) => {
          replayed.push(input)
          return { count: input.letters?.length ?? 7 }
        },
      },
    },
  )
})
afterAll(() => app.close())

const operator = () => app.as(contract, { operator: true, authenticatedAt: Math.floor(Date.now() / 1000) })

describe('operators', () => {
  it('see the queues of all modules, calm ones included', async () => {
    const { items, missing } = await operator().adminListQueues()
    expect(missing).toEqual([])
    expect(items).toEqual(
      expect.arrayContaining([
        { module: 'users', ...queue('billing', { dead: 2 }) },
        { module: 'users', ...queue('auth', { pending: 3 }) },
        { module: 'billing', ...queue('billing', { kind: 'job', dead: 1 }) },
        { module: 'notifications', ...queue('notifications', { kind: 'job' }) },
      ]),
    )
  })

  it('read the dead letters of a module, and send them again', async () => {
    expect(await operator().adminListDeadLetters({ module: 'users' })).toEqual({ items: [letter], nextCursor: null })
    const letters = [{ id: letter.id, listener: 'billing' }]
    expect(await operator().adminReplayDeadLetters({ module: 'users', letters })).toEqual({ count: 1 })
    expect(await operator().adminReplayDeadLetters({ module: 'users' })).toEqual({ count: 7 })
    expect(replayed).toEqual([{ letters }, {}])
  })

  it('see those of this module as well', async () => {
    const dead = { id: newId(), listener: 'notifications', kind: 'job' as const, type: 'deliver', payload: {} }
    await app.ctx.db
      .insert(outbox)
      .values({ ...dead, origin: { requestId: 'their-request', traceparent: '' }, state: 'dead' })
    const { items } = await operator().adminListDeadLetters({ module: 'notifications' })
    expect(items).toMatchObject([{ ...dead, error: null, requestId: 'their-request' }])
    const letters = [{ id: dead.id, listener: 'notifications' }]
    expect(await operator().adminReplayDeadLetters({ module: 'notifications', letters })).toEqual({ count: 1 })
    expect(await operator().adminReplayDeadLetters({ module: 'notifications', letters })).toEqual({ count: 0 })
  })

  it('follow what they sent again, in whatever module, and hear nothing of what there is not', async () => {
    const [id, other] = [newId(), newId()]
    const row = { id, kind: 'event' as const, type: 'notifications.told.v1', payload: {} }
    const origin = { requestId: 'their-request', traceparent: '' }
    await app.ctx.db.insert(outbox).values([
      { ...row, listener: 'users', origin, state: 'done' },
      { ...row, listener: 'billing', origin, state: 'dead' },
      { ...row, id: other, listener: 'users', origin, state: 'done' },
    ])
    const { items } = await operator().adminReadLetterStates({ module: 'notifications', ids: [id, newId()] })
    expect(items.toSorted((a, b) => (a.listener < b.listener ? -1 : 1))).toEqual([
      { id, listener: 'billing', state: 'dead' },
      { id, listener: 'users', state: 'done' },
    ])
    expect(await operator().adminReadLetterStates({ module: 'users', ids: [letter.id] })).toEqual({
      items: [{ id: letter.id, listener: 'billing', state: 'published' }],
    })
  })

  it('are told when there is no such module', async () => {
    const unknown = { code: 'not_found', reason: 'notifications.module_unknown' }
    await expect(operator().adminListDeadLetters({ module: 'constructor' })).rejects.toMatchObject(unknown)
    await expect(operator().adminReplayDeadLetters({ module: 'nobody' })).rejects.toMatchObject(unknown)
    const states = operator().adminReadLetterStates({ module: 'nobody', ids: [newId()] })
    await expect(states).rejects.toMatchObject(unknown)
  })

  it('are the only ones who may', async () => {
    const member = app.as(contract, { operator: false, role: 'owner' })
    for (const asked of [member.adminListQueues(), member.adminListDeadLetters({ module: 'users' })])
      await expect(asked).rejects.toMatchObject({ code: 'forbidden' })
    await expect(member.adminReplayDeadLetters({ module: 'users' })).rejects.toMatchObject({ code: 'forbidden' })
    const states = member.adminReadLetterStates({ module: 'users', ids: [newId()] })
    await expect(states).rejects.toMatchObject({ code: 'forbidden' })
  })
})
