import { requires, startRedis, type Redis } from '@lightpress/local'
import { Redis as RedisClient } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineJob, enqueue, RetryLater, type Module } from '../../src/index.ts'
import { ping, pong } from '../support/modules.ts'
import { startWorld, until } from '../support/start.ts'

const started = () => startRedis() as Promise<Redis>

// Each has a world of its own and waits more than it works.
describe.runIf(requires('redis-server'))('a Redis that is gone', { concurrent: true }, () => {
  it('keeps no process from ending', async () => {
    const redis = await started()
    const world = await startWorld('one process', { QUEUE_URL: redis.url })
    await world.ping.happen({ note: 'before' })
    await until(
      () => world.effects(),
      ({ notes }) => notes.includes('before'),
    )
    await redis.stop()
    const began = Date.now()
    await world.close()
    expect(Date.now() - began).toBeLessThan(20_000)
  })

  it('keeps no process from ending whose job is told to come back later meanwhile', async () => {
    const redis = await started()
    const world = await startWorld('one process', { QUEUE_URL: redis.url })
    const refusal = Promise.withResolvers<void>()
    let begun = false
    const lane = { name: 'vendor', limit: () => ({ max: 1, milliseconds: 50 }) }
    const refuse = async () => {
      begun = true
      await refusal.promise
      throw new RetryLater(50)
    }
    const call = defineJob('call', z.object({}), refuse, { lane })
    const module: Module = { ...ping, jobs: new Map([['call', call]]) }
    const server = await world.start([module, pong])
    await world.servers[0]?.close()
    await server.contextFor('ping').withTx((tx) => enqueue(tx, call, { payload: {} }))
    await until(
      () => begun,
      (yes) => yes,
    )
    await redis.stop()
    setTimeout(refusal.resolve, 500)
    const startedAt = Date.now()
    await server.close()
    expect(Date.now() - startedAt).toBeLessThan(20_000)
    await world.close()
  })

  it('keeps no process from starting and answering, and gets the events when it comes', async () => {
    const redis = await started()
    await redis.stop()
    const world = await startWorld('one process', { QUEUE_URL: redis.url })
    let back: Redis | undefined
    try {
      await world.ping.happen({ note: 'while away' })
      back = await startRedis({ port: redis.port })
      await until(
        () => world.effects(),
        ({ notes }) => notes.includes('while away'),
      )
    } finally {
      await world.close()
      await back?.stop()
    }
  })

  it('that lost its schedules gets them again', async () => {
    const redis = await started()
    let runs = 0
    const tick = { name: 'tick', cron: '* * * * * *', run: async () => void runs++ }
    const world = await startWorld('one process', { QUEUE_URL: redis.url })
    const server = await world.start([{ ...ping, schedules: new Map([['tick', tick]]) }, pong])
    const client = new RedisClient(redis.url)
    try {
      await until(
        () => runs,
        (seen) => seen > 0,
      )
      await client.flushall()
      const before = runs
      await until(
        () => runs,
        (seen) => seen > before + 1,
        90_000,
      )
    } finally {
      client.disconnect()
      await server.close()
      await world.close()
      await redis.stop()
    }
  }, 150_000)
})
