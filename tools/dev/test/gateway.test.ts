import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '@lightpress/local'
import { createGateway } from '../src/index.ts'
import type { GatewayOptions } from '../src/index.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('routing', () => {
  it('gives a path to the longest prefix, whole segments only, and the rest to the web', async () => {
    const url = await gateway({
      routes: { '/v1/users': await echo('users'), '/v1/users/admin': await echo('admin') },
      rest: { upstream: await echo('web') },
    })
    expect(await owner(`${url}/v1/users`)).toBe('users /v1/users')
    expect(await owner(`${url}/v1/users/me?full=1&full=2`)).toBe('users /v1/users/me?full=1&full=2')
    expect(await owner(`${url}/v1/users/admin/list`)).toBe('admin /v1/users/admin/list')
    expect(await owner(`${url}/`)).toBe('web /')
    expect(await owner(`${url}/settings/members`)).toBe('web /settings/members')
  })

  it.each(['/internal/billing/readEntitlements', '/health/live', '/metrics', '/v1/usersfoo', '/v1'])(
    'never lets %s through',
    async (path) => {
      const url = await gateway({ routes: { '/v1/users': await echo('users') }, rest: { upstream: await echo('web') } })
      const response = await fetch(`${url}${path}`)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ reason: 'gateway.not_found', status: 404 })
    },
  )

  it('does not read what is sent to where nothing is', async () => {
    const url = await gateway({ routes: { '/v1/users': await echo('users') } })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/internal/users/createUser`, { method: 'POST', headers, body: '{' })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ reason: 'gateway.not_found' })
  })

  it.each([
    '/v1/users/../../internal/x',
    '/v1/users/..%2f..%2finternal/x',
    '/v1/users/%2e%2e/%2e%2e/internal/x',
    '/x/../internal/x',
  ])('does not climb out of a prefix by %s', async (path) => {
    const url = await gateway({ routes: { '/v1/users': await echo('users') }, rest: { upstream: await echo('web') } })
    const answer = await rawRequest(url, path)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('gateway.bad_request')
  })
})

describe('what is passed on', () => {
  it('tells the service who asks, and drops what the client claims about that', async () => {
    const url = await gateway({ routes: { '/v1/users': await headersOf() }, rest: { upstream: await echo('web') } })
    const response = await fetch(`${url}/v1/users`, {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.test',
        forwarded: 'for=6.6.6.6',
      },
    })
    const headers = (await response.json()) as Record<string, string>
    expect(headers).toMatchObject({
      host: new URL(url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(url).host,
      'x-forwarded-proto': 'http',
    })
    expect(headers.forwarded).toBeUndefined()
  })

  it('hands over a body of any size and type, byte for byte', async () => {
    const url = await gateway({ routes: { '/v1/billing': await bodyBack() }, rest: { upstream: await echo('web') } })
    const body = `{ "id":  "evt_1",\r\n"padding": "${'x'.repeat(3_000_000)}" }`
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png']) {
      const response = await fetch(`${url}/v1/billing/webhooks/stripe`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      expect((await response.text()) === body, type).toBe(true)
    }
  })

  it("keeps a service's own answer: status, cookies, redirects, 503", async () => {
    const upstream = await serve((_request, response) => {
      response.writeHead(503, { 'set-cookie': ['a=1', 'b=2'], location: '/elsewhere', 'retry-after': '7' }).end('busy')
    })
    const url = await gateway({ routes: { '/v1/auth': upstream }, rest: { upstream: await echo('web') } })
    const response = await fetch(`${url}/v1/auth/start`, { redirect: 'manual' })
    expect(response.status).toBe(503)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('location')).toBe('/elsewhere')
    expect(await response.text()).toBe('busy')
  })
})

describe('streams', () => {
  it('pass event by event, and closing one closes it at the service', async () => {
    const closed = Promise.withResolvers<void>()
    const upstream = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      request.socket.once('close', closed.resolve)
      cleanups.push(() => response.destroy())
    })
    const url = await gateway({ routes: { '/v1/notifications': upstream }, rest: { upstream: await echo('web') } })
    const request = httpRequest(`${url}/v1/notifications/stream`).end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const [chunk] = (await once(response, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('data: 1\n\n')
    response.on('error', () => {})
    request.destroy()
    await closed.promise
  })
})

describe('an upstream that is down', () => {
  it('is a problem document, at once unless the gateway is to wait', async () => {
    const url = await gateway({
      routes: { '/v1/users': `http://127.0.0.1:${await freePort()}` },
      rest: { upstream: await echo('web') },
    })
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${url}/v1/users/me`, { method })
      expect(response.status).toBe(503)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(response.headers.get('retry-after')).toBe('1')
      expect(await response.json()).toMatchObject({
        type: 'urn:lightpress:problem:gateway.unavailable',
        title: expect.any(String),
        status: 503,
        detail: expect.stringContaining('ECONNREFUSED'),
        reason: 'gateway.unavailable',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    }
  })

  it.each(['GET', 'POST'])('lets a %s wait while it restarts', async (method) => {
    const port = await freePort()
    const url = await gateway({
      routes: { '/v1/users': `http://127.0.0.1:${port}` },
      rest: { upstream: await echo('web') },
      waitForUpstream: 5_000,
    })
    const answer = fetch(`${url}/v1/users/me`, { method, ...(method === 'POST' && { body: 'hello' }) })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await serve((request, response) => void request.pipe(response), port)
    expect((await answer).status).toBe(200)
    expect(await (await answer).text()).toBe(method === 'POST' ? 'hello' : '')
  })

  it('never sends a POST twice, when the connection breaks under it', async () => {
    let times = 0
    const upstream = await serve((request) => {
      times++
      request.socket.destroy()
    })
    const url = await gateway({ routes: { '/v1/users': upstream }, rest: { upstream: await echo('web') } })
    expect((await fetch(`${url}/v1/users`, { method: 'POST' })).status).toBe(503)
    expect(times).toBe(1)
    expect((await fetch(`${url}/v1/users`)).status).toBe(503)
    expect(times).toBeGreaterThan(2)
  })
})

describe('development', () => {
  const people = [
    {
      id: '01900000-0000-7000-8000-000000000001',
      email: 'a@localhost',
      password: 'secret',
      name: 'Ada',
      role: 'owner',
    },
  ]
  const file = '/.lightpress/development.json'
  const near = (port: string, { host = `localhost:${port}`, ...headers }: Record<string, string> = {}) => ({
    get: (path: string) => ask(port, path, { host, ...headers }),
  })

  it('offers the seeded people to this machine, by a name of it, with nobody in between', async () => {
    const { port } = new URL(await gateway({ routes: {}, people, rest: { upstream: await echo('web') } }))
    const { status, body, headers } = await near(port).get(file)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({
      people: [{ email: 'a@localhost', password: 'secret', name: 'Ada', role: 'owner' }],
    })
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['access-control-allow-origin']).toBeUndefined()
    for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`, 'lightpress.localhost'])
      expect((await near(port, { host }).get(file)).status, host).toBe(200)
    for (const host of ['evil.test', '192.168.1.2', 'localhost.evil.test', '127.0.0.1.evil.test'])
      expect((await near(port, { host }).get(file)).status, host).toBe(404)
    for (const proxy of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'])
      expect((await near(port, { [proxy]: '127.0.0.1' }).get(file)).status, proxy).toBe(404)
  })

  it('is not where nobody was seeded: what is behind decides', async () => {
    const url = await gateway({ routes: {}, rest: { upstream: await echo('web') } })
    expect(await owner(`${url}${file}`)).toBe(`web ${file}`)
    expect((await fetch(`${await gateway({ routes: {} })}${file}`)).status).toBe(404)
  })

  it('turns the address of a seeded person into their id, and passes other headers on as they are', async () => {
    const { port } = new URL(await gateway({ routes: { '/v1/users': await headersOf() }, people }))
    const passed = async (headers: Record<string, string>) =>
      JSON.parse((await near(port, headers).get('/v1/users/me')).body) as Record<string, string>
    expect(await passed({ 'x-dev-user-id': 'a@localhost', 'x-dev-role': 'admin' })).toMatchObject({
      'x-dev-user-id': people[0]!.id,
      'x-dev-role': 'admin',
    })
    for (const other of [people[0]!.id, 'b@localhost'])
      expect(await passed({ 'x-dev-user-id': other })).toMatchObject({ 'x-dev-user-id': other })
    expect(await passed({})).not.toHaveProperty('x-dev-user-id')
  })

  it('lets nobody be anybody through a tunnel, which the services could not see', async () => {
    // With seeded people, and with a database that has others.
    for (const seeded of [people, []]) await refusesTunnels(seeded)
  })

  async function refusesTunnels(seeded: typeof people) {
    const { port } = new URL(await gateway({ routes: { '/v1/users': await headersOf() }, people: seeded }))
    for (const tunnel of [{ 'x-forwarded-for': '203.0.113.7' }, { via: '1.1 tunnel' }, { host: 'x.tunnel.example' }]) {
      const { status, body } = await near(port, { 'x-dev-user-id': people[0]!.id, ...tunnel }).get('/v1/users/me')
      expect([status, (JSON.parse(body) as { reason: string }).reason]).toEqual([403, 'gateway.development_sign_in'])
      expect((await near(port, { ...tunnel }).get('/v1/users/me')).status).toBe(200)
    }
  }

  /** With any Host, which `fetch` does not let one say. */
  async function ask(port: string, path: string, headers: Record<string, string>) {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers }).end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }
  }
})

describe('a built web', () => {
  it('is served by file, its page for every address, and no page in place of a missing file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lightpress-web-'))
    cleanups.push(() => rmSync(directory, { recursive: true }))
    mkdirSync(join(directory, 'app-assets'))
    writeFileSync(join(directory, 'index.html'), '<title>Lightpress</title>')
    writeFileSync(join(directory, 'app-assets', 'index-1a2b.js'), 'start()')
    const url = await gateway({ routes: {}, rest: { directory } })

    const page = await fetch(`${url}/billing/plans`, { headers: { accept: 'text/html,*/*' } })
    expect(await page.text()).toContain('Lightpress')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'/)
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    expect(await (await fetch(`${url}/`, { headers: { accept: 'text/html' } })).text()).toContain('Lightpress')

    const script = await fetch(`${url}/app-assets/index-1a2b.js`)
    expect(await script.text()).toBe('start()')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')

    for (const path of ['/app-assets/index-gone.js', '/logo.png', '/v1/unknown']) {
      expect((await fetch(`${url}${path}`)).status, path).toBe(404)
    }
  })
})

async function gateway(options: GatewayOptions): Promise<string> {
  const app = createGateway(options)
  cleanups.push(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server: Server = createServer(listener).listen(port, '127.0.0.1')
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function echo(name: string): Promise<string> {
  return serve((request, response) => response.end(`${name} ${request.url}`))
}

function headersOf(): Promise<string> {
  return serve((request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers)),
  )
}

function bodyBack(): Promise<string> {
  return serve((request, response) => void request.pipe(response))
}

async function owner(url: string): Promise<string> {
  return (await fetch(url)).text()
}

/** A request whose path no client library has tidied up. */
async function rawRequest(url: string, path: string): Promise<string> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.end(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
