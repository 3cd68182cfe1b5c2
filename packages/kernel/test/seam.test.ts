import { once } from 'node:events'
import { createServer } from 'node:net'
import { statusOf, type ErrorCode } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ping, type PingContext } from './support/modules.ts'
import { startWorld, topologies, type World } from './support/start.ts'

describe.each(topologies)('modules that call each other, %s', (topology) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(topology)
  })
  afterAll(() => world.close())

  it('answer, and know who called', async () => {
    expect(await world.ping.relayEcho({ text: 'hello' })).toEqual({ text: 'hello', caller: 'ping' })
  })

  it.each((Object.keys(statusOf) as ErrorCode[]).filter((code) => code !== 'internal'))(
    'hand on the refusal %s whole',
    async (code) => {
      await expect(world.ping.relayRefusal({ code })).rejects.toMatchObject({
        code,
        reason: 'pong.no',
        message: 'No.',
        errors: [{ path: 'code', message: 'is a refusal' }],
        retryAfter: 3,
      })
    },
  )

  it('hide what nobody foresaw', async () => {
    const error: unknown = await world.ping.relayRefusal({ code: 'surprise' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'internal', reason: 'internal' })
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('hunter2')
  })

  it('are given up after the deadline, never hang', async () => {
    const started = Date.now()
    await expect(world.ping.relaySlow({ ms: 60_000 })).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'request.deadline_exceeded',
    })
    expect(Date.now() - started).toBeLessThan(15_000)
  })

  it('are asked by each step of a job with a deadline of its own', async () => {
    const job = world.servers[0]?.contextFor('ping') as unknown as PingContext
    await once(job.signal, 'abort')
    await expect(job.calls.pong.echo({ text: 'late' })).rejects.toMatchObject({ reason: 'request.deadline_exceeded' })
    expect(await job.nextStep().calls.pong.echo({ text: 'in time' })).toMatchObject({ text: 'in time' })
  })

  it('may not take longer than whoever waits for them', async () => {
    await expect(world.ping.takeLonger()).rejects.toMatchObject({ code: 'internal' })
  })

  it('may not be called inside a transaction', async () => {
    await expect(world.ping.callInTransaction()).rejects.toMatchObject({ code: 'internal' })
    expect(await world.ping.relayEcho({ text: 'still here' })).toMatchObject({ text: 'still here' })
  })
})

describe('a neighbour elsewhere', () => {
  it('that is down is unavailable', async () => {
    const world = await startWorld('over HTTP')
    try {
      await world.servers[1]?.close()
      await expect(world.ping.relayEcho({ text: 'x' })).rejects.toMatchObject({
        code: 'unavailable',
        reason: 'seam.neighbour_unavailable',
        retryAfter: 1,
      })
    } finally {
      await world.close()
    }
  })

  it('that accepts and never answers is given up at the deadline', async () => {
    const world = await startWorld('over HTTP')
    const mute = createServer()
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as { port: number }
    const server = await world.start([ping], { PONG_URL: `http://127.0.0.1:${port}` })
    try {
      const response = await fetch(`http://127.0.0.1:${server.port}/v1/ping/echo?text=x`)
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ reason: 'request.deadline_exceeded' })
    } finally {
      await server.close()
      mute.close()
      await world.close()
    }
  })

  it('refuses a call that this environment did not sign, and one that is meant for another module', async () => {
    const world = await startWorld('over HTTP')
    const stranger = await world.start([ping], {
      PONG_URL: `http://127.0.0.1:${world.servers[1]?.internalPort}`,
      INTERNAL_KEY: Buffer.alloc(32, 7).toString('base64'),
    })
    try {
      const response = await fetch(`http://127.0.0.1:${stranger.port}/v1/ping/echo?text=x`)
      // The person who asked did nothing wrong: a broken environment is not their 401.
      expect(await response.json()).toMatchObject({ status: 503, reason: 'seam.neighbour_unavailable' })
      const unsigned = await fetch(`http://127.0.0.1:${world.servers[1]?.internalPort}/internal/pong/echo`, {
        method: 'POST',
      })
      expect(unsigned.status).toBe(401)
    } finally {
      await stranger.close()
      await world.close()
    }
  })
})
