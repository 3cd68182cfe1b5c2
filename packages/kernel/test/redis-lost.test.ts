import { startRedis, type Redis } from '@lightpress/local'
import { Redis as RedisClient } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { count, outboxOf } from './support/events-suite.ts'
import { pong } from './support/modules.ts'
import { redis } from './support/redis.ts'
import { startWorld, until } from './support/start.ts'

afterAll(() => redis?.stop())

// Each has a world of its own and waits more than it works.
const options = { skip: !redis, concurrent: true }

describe('a Redis that loses everything', options, () => {
  it('with a backlog loses nothing: all arrives within a minute, once', async () => {
    const world = await startWorld('over HTTP', { QUEUE_URL: redis?.url ?? '' })
    const client = new RedisClient(redis?.url ?? '')
    try {
      await world.servers[1]?.close()
      const notes = Array.from({ length: 300 }, (_, index) => `flushed ${index}`)
      await Promise.all(notes.map((note) => world.ping.happen({ note })))
      await until(
        () => outboxOf(world),
        (rows) => rows.every((row) => row.state === 'published'),
      )
      await client.flushall()
      world.servers[1] = await world.start([pong], { INTERNAL_PORT: String(world.servers[1]?.internalPort) })
      const seen = await until(
        () => world.effects(),
        (effects) => notes.every((note) => effects.notes.includes(note)),
      )
      expect(notes.filter((note) => count(seen.notes, note) !== 1)).toEqual([])
    } finally {
      client.disconnect()
      await world.close()
    }
  })
})

describe('a Redis that is away', options, () => {
  it('for half a minute under load stops no request, and what was promised meanwhile arrives when it is back', async () => {
    const own = (await startRedis()) as Redis
    const world = await startWorld('one process', { QUEUE_URL: own.url })
    try {
      await world.ping.happen({ note: 'before' })
      await until(
        () => world.effects(),
        ({ notes }) => notes.includes('before'),
      )
      process.kill(own.pid, 'SIGSTOP')
      const notes: string[] = []
      const end = Date.now() + 30_000
      while (Date.now() < end) {
        const note = `meanwhile ${notes.length}`
        const [, echo] = await Promise.all([world.ping.happen({ note }), world.ping.relayEcho({ text: note })])
        expect(echo.text).toBe(note)
        notes.push(note)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      // None of them waited for Redis: each would have taken all of the time.
      expect(notes.length).toBeGreaterThan(10)
      process.kill(own.pid, 'SIGCONT')
      const seen = await until(
        () => world.effects(),
        (effects) => notes.every((note) => effects.notes.includes(note)),
      )
      expect(notes.filter((note) => count(seen.notes, note) !== 1)).toEqual([])
    } finally {
      process.kill(own.pid, 'SIGCONT')
      await world.close()
      await own.stop()
    }
  })
})
