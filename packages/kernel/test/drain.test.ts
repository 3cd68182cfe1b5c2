import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttp } from '../src/http.ts'
import { longestShutdown } from '../src/main.ts'
import { startWorld, until, type World } from './support/start.ts'

const DELAY = 1_000

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

async function stopping() {
  const started = (world = await startWorld('one process', { DRAIN_DELAY: String(DELAY) }))
  const [server] = started.servers
  if (!server) throw new Error('There is no server')
  const inside = `http://127.0.0.1:${server.internalPort}`
  const begin = () => {
    const began = performance.now()
    return server.close().then(() => performance.now() - began)
  }
  return { begin, inside, outside: started.baseUrl, ping: started.ping }
}

describe('a process that is told to stop', () => {
  it('says at once that it is not ready, and answers on until a load balancer has seen it', async () => {
    const { begin, inside, outside, ping } = await stopping()
    expect(await status(`${outside}/health/ready`)).toBe(200)
    const closed = begin()
    for (const at of [outside, inside]) {
      expect(await status(`${at}/health/ready`)).toBe(503)
      expect(await status(`${at}/health/live`)).toBe(200)
    }
    expect(await ping.list({ id: 'a' })).toMatchObject({ id: 'a' })
    expect(await ping.happen({ note: 'while stopping' })).toHaveProperty('id')
    expect(await closed).toBeGreaterThanOrEqual(DELAY - 5)
    await expect(fetch(`${outside}/health/live`)).rejects.toThrow('fetch failed')
    await expect(fetch(`${inside}/health/live`)).rejects.toThrow('fetch failed')
  })

  it('asks whoever keeps a connection to come back by another', async () => {
    const { begin, inside, outside } = await stopping()
    for (const at of [outside, inside]) expect(await connectionOf(at)).toBe('keep-alive')
    const closed = begin()
    for (const at of [outside, inside]) expect(await connectionOf(at)).toBe('close')
    await closed
  })

  it('finishes what it has begun when it takes no more', async () => {
    const { begin, outside } = await stopping()
    const closed = begin()
    const slow = status(`${outside}/v1/ping/slow?ms=${DELAY + 1_000}`)
    await until(
      () => status(`${outside}/health/live`).catch(() => 'refused'),
      (answer) => answer === 'refused',
    )
    expect(await slow).toBe(200)
    expect(await closed).toBeGreaterThanOrEqual(DELAY + 900)
  })
})

it('an end takes forty seconds at most where requests are answered, and two minutes less ten seconds where jobs are done', () => {
  expect(longestShutdown({ ROLES: ['http', 'worker', 'relay', 'scheduler'], DRAIN_DELAY: 15_000 })).toBe(40_000)
  expect(longestShutdown({ ROLES: ['worker', 'relay', 'scheduler'], DRAIN_DELAY: 0 })).toBe(110_000)
})

// Fastify's own manner is a 503, which whoever sent a command would have to take for a failure.
it('a request that comes by an open connection while a listener is closed is answered, and the connection ends', async () => {
  const app = await createHttp({ log: pino({ level: 'silent' }), trustedProxies: [] })
  app.get('/', async () => 'still here')
  const closing = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  app.addHook('preClose', async () => {
    closing.resolve()
    await goOn.promise
  })
  const at = await app.listen({ host: '127.0.0.1', port: 0 })
  const agent = new Agent({ keepAlive: true })
  expect((await send(at, agent)).headers.connection).toBe('keep-alive')
  const closed = app.close()
  await closing.promise
  const answer = await send(at, agent)
  expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
  goOn.resolve()
  await closed
  agent.destroy()
})

async function status(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { connection: 'close' } })
  await answer.arrayBuffer()
  return answer.status
}

async function connectionOf(at: string): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true })
  const answer = await send(`${at}/health/live`, agent)
  agent.destroy()
  return answer.headers.connection
}

async function send(url: string, agent: Agent): Promise<IncomingMessage> {
  const sent = request(url, { agent }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}
