import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createGateway } from '../src/index.ts'

// Several processes behind one name, as containers are: each has an address of this machine's own, and the same port.
const addresses = vi.hoisted(() => [] as string[])
vi.mock('node:dns/promises', () => ({
  lookup: async (name: string) => {
    if (addresses.length === 0) throw new Error(`getaddrinfo ENOTFOUND ${name}`)
    return addresses.map((address) => ({ address, family: 4 }))
  },
}))

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  addresses.length = 0
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('a gateway that balances', () => {
  it('sends to all processes behind a name in turn', async () => {
    const first = await start('127.0.0.1')
    await start('127.0.0.2', first.port)
    const ask = await gateway(first.port)
    await vi.waitFor(async () => expect(await owners(ask)).toEqual(['127.0.0.1', '127.0.0.2']), 10_000)
  })

  it('sends no more to one that says it is not ready, and again when it is', async () => {
    const first = await start('127.0.0.1')
    const second = await start('127.0.0.2', first.port)
    const ask = await gateway(first.port)
    await vi.waitFor(async () => expect(await owners(ask)).toHaveLength(2), 10_000)
    second.ready = false
    await vi.waitFor(async () => expect(await owners(ask)).toEqual(['127.0.0.1']), 10_000)
    second.ready = true
    await vi.waitFor(async () => expect(await owners(ask)).toHaveLength(2), 10_000)
  })

  it('finds one that comes, and forgets one that goes', async () => {
    const first = await start('127.0.0.1')
    const ask = await gateway(first.port)
    expect(await owners(ask)).toEqual(['127.0.0.1'])
    await start('127.0.0.2', first.port)
    await vi.waitFor(async () => expect(await owners(ask)).toHaveLength(2), 10_000)
    addresses.shift()
    await vi.waitFor(async () => expect(await owners(ask)).toEqual(['127.0.0.2']), 10_000)
  })

  it('sends to all when none is ready, because the check may be what is broken', async () => {
    const first = await start('127.0.0.1', 0, false)
    await start('127.0.0.2', first.port, false)
    const ask = await gateway(first.port, 0)
    await vi.waitFor(async () => expect(await owners(ask)).toHaveLength(2), 10_000)
  })

  it('lets a request wait for the first that is ready', async () => {
    const first = await start('127.0.0.1', 0, false)
    const ask = await gateway(first.port, 10_000)
    const answer = ask()
    setTimeout(() => {
      first.ready = true
    }, 300)
    expect(await answer).toBe('127.0.0.1')
    expect(first.askedUnready).toBe(0)
  })
})

interface Process {
  port: number
  ready: boolean
  /** Requests that it got while it was not ready. */
  askedUnready: number
}

async function start(address: string, port = 0, ready = true): Promise<Process> {
  const process: Process = { port, ready, askedUnready: 0 }
  const server = createServer((request, response) => {
    const health = request.url === '/health/ready'
    if (!health && !process.ready) process.askedUnready++
    response.writeHead(health && !process.ready ? 503 : 200).end(address)
  }).listen(port, address)
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  await once(server, 'listening')
  addresses.push(address)
  process.port = (server.address() as AddressInfo).port
  return process
}

async function gateway(port: number, waitForUpstream = 1_000): Promise<() => Promise<string>> {
  const routes = { '/v1/users': `http://users-service:${port}` }
  const app = createGateway({ routes, balance: true, waitForUpstream })
  cleanups.push(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return async () => (await fetch(`${url}/v1/users/me`)).text()
}

/** Who answers a few requests that follow one another. */
async function owners(ask: () => Promise<string>): Promise<string[]> {
  const answers = new Set<string>()
  for (let at = 0; at < 4; at++) answers.add(await ask())
  return [...answers].sort()
}
