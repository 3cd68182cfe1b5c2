import { newId, type Server } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notification, reader } from '../src/schema.ts'
import { startNotifications, type App } from './support/app.ts'
import { listen } from './support/events.ts'

let app: App
let other: Server & { baseUrl: string }

beforeAll(async () => {
  app = await startNotifications()
  other = await app.startAnother()
})
afterAll(async () => {
  await other.close()
  await app.close()
})

interface Options {
  after?: string | number
  at?: { baseUrl: string }
}

const open = (userId: string, { after, at = app }: Options = {}) =>
  listen(at.baseUrl, { token: app.token({ userId }), ...(after !== undefined && { after }) })

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('a first connection', () => {
  it('is told how many are unread, and of nothing that was before', async () => {
    const userId = newId()
    await app.tell(userId, 'a', 'b')
    const stream = await open(userId)
    await stream.until((events) => events.length > 0)
    expect(stream.unread()[0]).toBe(2)
    await app.tell(userId, 'c')
    await stream.until(() => stream.unread().at(-1) === 3)
    expect(stream.titles()).toEqual(['c'])
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    await stream.close()
  })

  it('that was sent nothing but the count resumes from there', async () => {
    const userId = newId()
    await app.tell(userId, 'a')
    const first = await open(userId)
    await first.until((events) => events.length > 0)
    await first.close()
    await app.tell(userId, 'b')
    const again = await open(userId, { after: first.lastId() })
    await again.until(() => again.unread().length > 0)
    expect(again.titles()).toEqual(['b'])
    await again.close()
  })

  it('of a person who never had one begins at the beginning', async () => {
    const userId = newId()
    const stream = await open(userId)
    await stream.until(() => stream.unread().length > 0)
    await app.tell(userId, 'first')
    await stream.until(() => stream.unread().length === 2)
    expect(stream.events).toMatchObject([
      { event: 'unread', data: { count: 0 }, id: '0' },
      { event: 'notification', data: { sequence: 1, title: 'first', readAt: null }, id: '1' },
      { event: 'unread', data: { count: 1 }, id: '1' },
    ])
    await stream.close()
  })
})

describe('Last-Event-ID', () => {
  it('brings everything after it, in order, page after page', async () => {
    const userId = newId()
    await app.tell(userId, ...range(1, 250).map(String))
    const stream = await open(userId, { after: 7 })
    await stream.until(() => stream.unread().length > 0)
    expect(stream.ids()).toEqual(range(8, 250))
    expect(stream.unread()[0]).toBe(250)
    await stream.close()
  })

  it.each(['999999', 'nonsense', '-1', '1e3', '99999999999999999999'])(
    '%j is no place of ours: from now on',
    async (after) => {
      const userId = newId()
      await app.tell(userId, 'before')
      const stream = await open(userId, { after })
      await stream.until(() => stream.unread().length > 0)
      await app.tell(userId, 'after')
      await stream.until(() => stream.titles().length > 0)
      expect(stream.titles()).toEqual(['after'])
      await stream.close()
    },
  )
})

describe('two processes', () => {
  it('tell the streams of each other', async () => {
    const userId = newId()
    const [here, there] = [await open(userId), await open(userId, { at: other })]
    await Promise.all([here, there].map((stream) => stream.until((events) => events.length > 0)))
    await app.tell(userId, 'news')
    await Promise.all([here, there].map((stream) => stream.until(() => stream.unread().length === 2)))
    expect([here.titles(), there.titles()]).toEqual([['news'], ['news']])

    await app.inboxOf(userId).markAllRead()
    await there.until(() => there.unread().at(-1) === 0)
    expect(there.titles()).toEqual(['news'])
    await Promise.all([here.close(), there.close()])
  })

  it("never tell anybody of another person's", async () => {
    const [mine, theirs] = [newId(), newId()]
    const stream = await open(mine)
    await app.tell(theirs, 'secret')
    await app.tell(mine, 'own')
    await stream.until(() => stream.titles().length > 0)
    expect(stream.titles()).toEqual(['own'])
    await stream.close()
  })

  it('lose nothing and repeat nothing while readers come, go and resume under load', async () => {
    const userId = newId()
    const TOTAL = 240
    const writers = range(1, 6).map(() => app.tell(userId, ...range(1, TOTAL / 6).map(() => 'x')))

    const readers = range(1, 6).map(async (number) => {
      const seen: number[] = []
      let after: string | undefined = '0'
      for (let turn = 0; seen.at(-1) !== TOTAL; turn++) {
        const stream = await open(userId, { after, at: (number + turn) % 2 === 0 ? app : other })
        await until(
          () => stream.ids().length,
          (count) => count > 0 || stream.unread().length > 0,
        )
        await new Promise((resolve) => setTimeout(resolve, 10 * number))
        await stream.close()
        seen.push(...stream.ids())
        after = stream.lastId() || after
      }
      return seen
    })
    await Promise.all(writers)
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(range(1, TOTAL))
  })

  it('find out after their signals were cut what was told meanwhile', async () => {
    const userId = newId()
    const stream = await open(userId, { at: other })
    await stream.until((events) => events.length > 0)
    await app.ctx.withTx(async (tx) => {
      await tx.execute(sql`set local role none`)
      await tx.execute(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'lightpress-signals' and datname = current_database()`)
    })
    await app.tell(userId, 'meanwhile')
    await stream.until(() => stream.titles().length > 0)
    expect(stream.titles()).toEqual(['meanwhile'])
    await stream.close()
  })
})

describe('too much', () => {
  it('streams of one person are refused, until one ends', async () => {
    const userId = newId()
    const streams = await Promise.all(range(1, 20).map(() => open(userId)))
    await expect(open(userId)).rejects.toMatchObject({ status: 429, message: 'notifications.too_many_streams' })
    await (await open(newId())).close()
    await streams[0]?.close()
    await until(
      () => app.ctx.live.streamsOf(userId),
      (count) => count === 19,
    )
    await (await open(userId)).close()
    await Promise.all(streams.map((stream) => stream.close()))
    await until(
      () => app.ctx.live.streamsOf(userId),
      (count) => count === 0,
    )
  })

  it('for a slow reader ends the stream, and nothing is lost for it', async () => {
    const userId = newId()
    const slow = await open(userId)
    await slow.until((events) => events.length > 0)
    slow.response.pause()
    const TOTAL = 6_000
    const rows = range(1, TOTAL).map((sequence) => ({
      id: newId(),
      eventId: newId(),
      userId,
      sequence,
      category: 'product' as const,
      title: String(sequence),
      body: 'x'.repeat(2_000),
    }))
    await app.ctx.withTx(async (tx) => {
      await tx.insert(reader).values({ userId, lastSequence: TOTAL })
      for (let at = 0; at < TOTAL; at += 1_000) await tx.insert(notification).values(rows.slice(at, at + 1_000))
    })
    app.ctx.signals.emit('notifications.person', { userId })
    await until(
      () => app.ctx.live.streamsOf(userId),
      (count) => count === 0,
    )
    slow.response.resume()
    await until(slow.ended, (ended) => ended)

    const got = slow.ids()
    expect(got.length).toBeLessThan(TOTAL)
    while (got.at(-1) !== TOTAL) {
      const stream = await open(userId, { after: got.at(-1) ?? 0 })
      await until(
        () => stream.ended() || stream.unread().length > 0,
        (done) => done,
      )
      await stream.close()
      got.push(...stream.ids())
    }
    expect(got).toEqual(range(1, TOTAL))
  })
})

describe('the stream', () => {
  it('is for people who are signed in', async () => {
    await expect(listen(app.baseUrl, { token: 'none' })).rejects.toMatchObject({ status: 401 })
  })

  it('ends at once when its process is replaced, and goes on at another without loss', async () => {
    const userId = newId()
    const leaving = await app.startAnother()
    const streams = await Promise.all(range(1, 10).map(() => open(userId, { at: leaving })))
    await app.tell(userId, 'before')
    for (const stream of streams) await stream.until(() => stream.titles().length === 1)
    const began = performance.now()
    await leaving.close()
    expect(performance.now() - began).toBeLessThan(10_000)
    await until(
      () => streams.every((stream) => stream.ended()),
      (ended) => ended,
    )
    await app.tell(userId, 'between')
    const next = await open(userId, { after: streams[0]?.lastId() ?? '' })
    await app.tell(userId, 'after')
    await next.until(() => next.titles().length === 2)
    expect(next.titles()).toEqual(['between', 'after'])
    await next.close()
  })

  it('that nobody waited for leaves nothing behind', async () => {
    const userId = newId()
    const impatient = range(1, 10).map(async () => {
      const abort = new AbortController()
      const request = fetch(`${app.baseUrl}/v1/notifications/stream`, {
        headers: { authorization: `Bearer ${app.token({ userId })}` },
        signal: abort.signal,
      })
      setTimeout(() => abort.abort(), 2)
      await expect(request.then((response) => response.text())).rejects.toThrow()
    })
    await Promise.all(impatient)
    await until(
      () => app.ctx.live.streamsOf(userId),
      (count) => count === 0,
    )
  })

  it('brings its streams up to date again after the database was away', async () => {
    const userId = newId()
    const stream = await open(userId)
    await stream.until((events) => events.length > 0)
    await app.ctx.withTx(async (tx) => {
      await tx.execute(sql`set local role none`)
      await tx.execute(sql`alter table notifications.notification rename to hidden`)
    })
    app.ctx.signals.emit('notifications.person', { userId })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await app.ctx.withTx(async (tx) => {
      await tx.execute(sql`set local role none`)
      await tx.execute(sql`alter table notifications.hidden rename to notification`)
      await tx.execute(sql`
        with seen as (insert into notifications.reader values (${userId}, 1))
        insert into notifications.notification (id, user_id, sequence, category, title, body, event_id)
        values (${newId()}, ${userId}, 1, 'product', 'late', '', ${newId()})`)
    })
    // No signal: what failed is tried again by itself.
    await stream.until(() => stream.titles().length > 0)
    expect(stream.titles()).toEqual(['late'])
    await stream.close()
  })
})
