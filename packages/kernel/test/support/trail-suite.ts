import {
  createHttpClient,
  routesOf,
  type Input,
  type Output,
  type TrailItem,
  type TrailSubject,
} from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, type Server } from '../../src/index.ts'
import { tablesOf } from '../../src/tables.ts'
import { mergeTrails } from '../../src/trail-order.ts'
import { ping, pingContract, poison, pong, taken } from './errands.ts'
import { startWorld, tokenFor, until, type Topology, type World } from './start.ts'

type Kernel = (typeof pingContract)['operations']

/** What holds of the trail of a request, and of dead letters. Call inside `describe`. */
export function trailsHold(topology: Topology, env: Record<string, string>) {
  let world: World
  beforeAll(async () => {
    world = await startWorld(topology, env, { ping, pong })
  })
  afterAll(() => world.close())

  /** As another module asks. */
  const ask = async <K extends 'readTrail' | 'readQueues' | 'listDeadLetters' | 'replayDeadLetters'>(
    module: 'ping' | 'pong',
    operation: K,
    input: Input<Kernel[K]>,
  ): Promise<Output<Kernel[K]>> => {
    const to = (module === 'ping' ? ping : pong).contract
    const asked = { from: 'test', to, operation, input }
    return (await serverOf(module).invoke(asked, serverOf(module).contextFor(module))) as Output<Kernel[K]>
  }

  const serverOf = (module: 'ping' | 'pong') => (module === 'ping' ? world.servers[0] : world.servers.at(-1)) as Server

  const trailOf = async (about: TrailSubject): Promise<TrailItem[]> => {
    const page = { about, before: null, limit: 100 }
    const trails = await Promise.all([ask('ping', 'readTrail', page), ask('pong', 'readTrail', page)])
    return mergeTrails(
      trails.map(({ items }) => items),
      100,
    ).toReversed()
  }

  /** Somebody asks ping to begin; gives who, and the id of the request. */
  const begin = async (note: string, more: Record<string, string> = {}) => {
    const [userId, organizationId, requestId] = [newId(), newId(), `errand-${newId()}`]
    const token = tokenFor({ userId, organizationId })
    const headers = () => ({ authorization: `Bearer ${token}`, 'x-request-id': requestId, ...more })
    await createHttpClient<typeof pingContract>(routesOf(pingContract), { baseUrl: world.baseUrl, headers }).begin({
      note,
    })
    return { userId, organizationId, requestId }
  }

  it('leads from a request over a call, an event and a job to what came of them', async () => {
    const { userId, organizationId, requestId } = await begin('whole')
    const trail = await until(
      () => trailOf({ kind: 'request', id: requestId }),
      (items) => items.length === 4,
    )
    expect(trail.map(({ module, kind, type, listener }) => [module, kind, type, listener])).toEqual([
      ['pong', 'event', 'pong.errand.followed.v1', 'ping'],
      ['ping', 'job', 'run-errand', 'ping'],
      ['ping', 'event', 'ping.errand.ended.v1', 'ping'],
      ['ping', 'event', 'ping.errand.ended.v1', 'pong'],
    ])
    const [event, job, ...ends] = trail as [TrailItem, TrailItem, TrailItem, TrailItem]
    expect(event).toMatchObject({ causeId: null, userId, organizationId, details: { note: 'whole' } })
    expect(event.id).toBe(`${job.causeId}:ping`)
    for (const end of ends) expect(job.id).toBe(`${end.causeId}:ping`)
    for (const item of trail) expect(item).toMatchObject({ requestId, operation: 'ping.begin', actorId: userId })
  })

  it('is found by whoever it is about, and by who began it', async () => {
    const { userId, organizationId, requestId } = await begin('somebody')
    const whole = await until(
      () => trailOf({ kind: 'request', id: requestId }),
      (items) => items.length === 4,
    )
    expect(ids(await trailOf({ kind: 'person', id: userId }))).toEqual(ids(whole))
    expect(await trailOf({ kind: 'organization', id: organizationId })).toMatchObject([{ id: whole[0]?.id }])
  })

  it('has nothing of what a header says', async () => {
    const { userId, requestId } = await begin('forged', {
      'x-cause-id': newId(),
      'x-operation': 'ping.forged',
      'x-actor-id': newId(),
      'x-lightpress-origin': JSON.stringify({ causeId: newId(), operation: 'ping.forged', actorId: newId() }),
    })
    const [first] = await trailOf({ kind: 'request', id: requestId })
    expect(first).toMatchObject({ causeId: null, operation: 'ping.begin', actorId: userId })
  })

  it('tells one run of a schedule from the next', async () => {
    const { outbox } = tablesOf('ping')
    const { db } = serverOf('ping').contextFor('ping')
    const runs = await until(
      () =>
        db
          .select({ origin: outbox.origin })
          .from(outbox)
          .where(sql`${outbox.payload}->>'note' = 'by the clock' and ${outbox.listener} = 'pong'`),
      (rows) => rows.length >= 2,
    )
    expect(new Set(runs.map(({ origin }) => origin.requestId)).size).toBe(runs.length)
    for (const { origin } of runs) {
      expect(origin).toMatchObject({ operation: 'ping.every-second' })
      expect(origin.requestId).toMatch(/^schedule-every-second-\d+$/)
    }
  })

  it('has what the module itself tells, and what older versions wrote down', async () => {
    const id = newId()
    const { db } = serverOf('ping').contextFor('ping')
    const origin = { requestId: 'told-by-the-module', traceparent: '' }
    const payload = { note: 'old', hostedUrl: 'https://pay.example/whoever-has-this-may-look' }
    const row = { id, listener: 'nobody', kind: 'event' as const, type: 'ping.old.v1', payload, origin }
    await db.insert(tablesOf('ping').outbox).values({ ...row, state: 'done' })
    const [told, old, ...rest] = await trailOf({ kind: 'request', id: 'told-by-the-module' })
    expect(rest).toEqual([])
    expect(told).toMatchObject({ id: 'a', kind: 'audit', type: 'thing_done' })
    expect(old).toMatchObject({ id: `${id}:nobody`, causeId: null, operation: null, actorId: null, userId: null })
    expect(old?.details).toEqual({ note: 'old' })
  })

  it('is read page by page without loss or repeats, whatever is of one moment', async () => {
    const requestId = `pages-${newId()}`
    const rows = Array.from({ length: 23 }, () => newId()).flatMap((id) =>
      ['one', 'another'].map((listener) => ({ id, listener })),
    )
    const { db } = serverOf('ping').contextFor('ping')
    await db.insert(tablesOf('ping').outbox).values(
      rows.map((row, at) => ({
        ...row,
        ...{ kind: 'event' as const, type: 'ping.page.v1', payload: {}, state: 'done' as const },
        origin: { requestId, traceparent: '' },
        createdAt: sql`timestamptz '2026-01-01 00:00:00.000001+00' + ${at % 3} * interval '1 microsecond'`,
      })),
    )
    const about = { kind: 'request' as const, id: requestId }
    const read: TrailItem[] = []
    for (;;) {
      const last = read.at(-1)
      const { items } = await ask('ping', 'readTrail', {
        about,
        before: last ? { at: last.at, id: last.id } : null,
        limit: 7,
      })
      if (items.length === 0) break
      read.push(...items)
    }
    expect(ids(read).toSorted()).toEqual(rows.map(({ id, listener }) => `${id}:${listener}`).toSorted())
    expect(ids(mergeTrails([read.toReversed()], 100))).toEqual(ids(read))
  })

  it('says why a letter is dead, sends it alone again, and once however often that is asked', async () => {
    const notes = [`poison ${newId()}`, `poison ${newId()}`] as const
    for (const note of notes) poison.add(note)
    const [first] = await Promise.all(notes.map((note) => begin(note)))
    await begin('beside the poison')
    const letters = await until(
      async () => (await ask('ping', 'listDeadLetters', { limit: 10 })).items,
      (items) => items.length === 2,
      60_000,
    )
    expect(taken).toContain('beside the poison')
    for (const letter of letters) {
      expect(letter).toMatchObject({ listener: 'pong', kind: 'event', type: 'ping.errand.ended.v1' })
      expect(letter.error).toContain('I never could')
    }
    const one = letters.find(({ payload }) => (payload as { note: string }).note === notes[0])
    expect(one?.requestId).toBe(first?.requestId)
    const dead = (await trailOf({ kind: 'request', id: one?.requestId ?? '' })).at(-1)
    expect(dead).toMatchObject({ listener: 'pong', state: 'dead', error: one?.error })
    const { queues } = await ask('ping', 'readQueues', {})
    expect(queues.find(({ listener, kind }) => listener === 'pong' && kind === 'event')).toMatchObject({ dead: 2 })

    poison.clear()
    const these = { letters: [{ id: one?.id ?? '', listener: 'pong' }] }
    expect(await ask('ping', 'replayDeadLetters', these)).toEqual({ count: 1 })
    expect(await ask('ping', 'replayDeadLetters', these)).toEqual({ count: 0 })
    await until(
      () => taken,
      (all) => all.includes(notes[0]),
    )
    // Its listener is asked a while later: what it remembers of the last time must not make it dead again.
    await until(
      async () => (await trailOf({ kind: 'request', id: one?.requestId ?? '' })).at(-1),
      (item) => item?.state === 'done',
      60_000,
    )
    const left = await ask('ping', 'listDeadLetters', { limit: 10 })
    expect(left.items.map(({ payload }) => (payload as { note: string }).note)).toEqual([notes[1]])
    expect(taken.filter((note) => note === notes[0])).toHaveLength(1)
    expect(await ask('ping', 'replayDeadLetters', {})).toEqual({ count: 1 })
    await until(
      () => taken,
      (all) => all.includes(notes[1]),
    )
  }, 150_000)
}

function ids(items: readonly { id: string }[]): string[] {
  return items.map(({ id }) => id)
}
