import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { systemContract, type Contract } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ping as pingContract, pong as pongContract } from './support/contracts.ts'
import { startWorld, tokenFor, until, type World } from './support/start.ts'

let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

const post = (path: string, init: RequestInit = {}) => fetch(world.baseUrl + path, { method: 'POST', ...init })
const json = { 'content-type': 'application/json' }

/** As a browser does for a link; `fetch` says of itself that it is no browser. */
async function follow(path: string) {
  const request = get(world.baseUrl, { path, headers: { 'sec-fetch-mode': 'navigate' } })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, headers: answer.headers, page: await text(answer) }
}

describe('a bad request', () => {
  it.each([
    ['malformed JSON', { body: '{"note":', headers: json }, 400, 'request.malformed_json'],
    ['no body', { headers: json }, 400, 'request.malformed_json'],
    ['a list for an object', { body: '[1]', headers: json }, 400, 'request.invalid'],
    [
      'another media type',
      { body: 'note=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      400,
      'request.unsupported_media_type',
    ],
    [
      'a body over 1 MiB',
      { body: JSON.stringify({ note: 'x'.repeat(1024 * 1024) }), headers: json },
      413,
      'request.body_too_large',
    ],
    ['a missing field', { body: '{}', headers: json }, 400, 'request.invalid'],
  ])('%s is refused as a problem', async (_what, init, status, reason) => {
    const response = await post('/v1/ping/happen', init)
    const body = (await response.json()) as { requestId: string }
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch('application/problem+json')
    expect(body).toMatchObject({ type: `urn:lightpress:problem:${reason}`, status, reason })
    expect(body.requestId).toBe(response.headers.get('x-request-id'))
  })

  it('names every field that is wrong', async () => {
    const response = await fetch(`${world.baseUrl}/v1/ping/list/a?limit=many&deep=perhaps`)
    const { errors } = (await response.json()) as { errors: { path: string }[] }
    expect(errors.map(({ path }) => path).sort()).toEqual(['deep', 'limit'])
  })

  it('for a path that is nowhere says so', async () => {
    const response = await fetch(`${world.baseUrl}/v1/nothing`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ reason: 'request.no_such_path' })
  })

  it('is a page for whoever followed a link to it, in which nothing is done that the link says', async () => {
    for (const path of ['/v1/nothing', '/v1/secret', '/v1/%3Cscript%3E', "/v1/<b>&'x'"]) {
      const { status, headers, page } = await follow(path)
      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(page).toContain('There is nothing at this path for GET.')
      expect(page).toContain(headers['x-request-id'])
      expect(page).not.toMatch(/secret|<script|<b>|&'/)
    }
  })

  it.each([
    ['is no HTTP', 'rubbish\r\n\r\n', 'request.malformed'],
    ['has more headers than fit', `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 'request.headers_too_large'],
    [
      'never ends its body',
      'POST /v1/ping/happen HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      'request.too_slow',
    ],
  ])('that %s is refused as a problem, and its connection ends', async (_what, sent, reason) => {
    const [head = '', body = ''] = (await sendBytes(sent)).split('\r\n\r\n')
    const [statusLine, ...lines] = head.split('\r\n')
    const headers = new Headers(lines.map((line) => line.split(': ') as [string, string]))
    const problem = JSON.parse(body) as { requestId: string }
    expect(statusLine).toBe('HTTP/1.1 400 Bad Request')
    expect(problem).toMatchObject({ type: `urn:lightpress:problem:${reason}`, status: 400, reason })
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(headers.get('content-length')).toBe(String(body.length))
    expect(headers.get('x-request-id')).toBe(problem.requestId)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('connection')).toBe('close')
  })

  it('that never begins is told nothing, and its connection ends', async () => {
    expect(await sendBytes('')).toBe('')
  })

  /** All that comes back on a connection of its own. */
  async function sendBytes(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(world.baseUrl).port), '127.0.0.1')
    socket.write(bytes)
    return text(socket)
  }
})

describe('an input', () => {
  it('is one flat object of path, query and defaults', async () => {
    expect(await world.ping.list({ id: 'a b', limit: 3, deep: true, tag: ['x'] })).toEqual({
      id: 'a b',
      limit: 3,
      deep: true,
      tag: ['x'],
    })
    expect(await world.ping.list({ id: '7' })).toEqual({ id: '7', limit: 5, deep: false, tag: [] })
  })

  it('may be bytes', async () => {
    const response = await post('/v1/ping/bytes', { body: '{"a": 1}  ', headers: json })
    expect(await response.json()).toEqual({ length: 10 })
  })
})

describe('an answer', () => {
  it('holds only what the contract names', async () => {
    expect(await world.ping.tooMuch()).toEqual({ text: 'yes' })
  })

  it('tells browsers that it is data, a refusal and a stray path too', async () => {
    for (const path of ['/v1/ping/list/a', '/v1/ping/me', '/v1/nothing']) {
      const { headers } = await fetch(world.baseUrl + path)
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/)
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('x-frame-options'), path).toBe('DENY')
      expect(headers.get('strict-transport-security'), path).toMatch(/^max-age=31536000/)
      expect(headers.get('referrer-policy'), path).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin')
    }
  })

  it('hides what nobody foresaw', async () => {
    const response = await fetch(`${world.baseUrl}/v1/ping/surprise`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
  })
})

describe('a token', () => {
  const ask = (token: string, path = '/v1/ping/me') =>
    fetch(world.baseUrl + path, { headers: { authorization: `Bearer ${token}` } })
  const unsigned = (alg: string) => {
    const [, claims] = tokenFor().split('.')
    return `${Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'one' })).toString('base64url')}.${claims}.`
  }

  it('of this environment says who it is', async () => {
    const userId = '0190a000-0000-7000-8000-000000000001'
    expect(await (await ask(tokenFor({ userId }))).json()).toEqual({ userId })
  })

  it.each([
    ['without a signature', () => unsigned('none')],
    ['that claims HMAC', () => unsigned('HS256')],
    ['of another issuer', () => tokenFor({}, { iss: 'https://evil.example' })],
    ['for another audience', () => tokenFor({}, { aud: 'other' })],
    ['of another type', () => tokenFor({}, { header: { typ: 'JWT' } })],
    ['with an unknown key', () => tokenFor({}, { header: { kid: 'two' } })],
    ['that is rubbish', () => 'rubbish'],
    ['with another signature', () => `${tokenFor().slice(0, -6)}AAAAAA`],
  ])('%s is refused', async (_what, make) => {
    const response = await ask(make())
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ reason: 'request.token_invalid' })
  })

  it('with too low a role is refused', async () => {
    expect((await ask(tokenFor({ role: 'admin' }), '/v1/ping/owners')).status).toBe(403)
    expect((await ask(tokenFor({ role: 'owner' }), '/v1/ping/owners')).status).toBe(200)
  })

  it('of a session that was ended is refused within a second, and its stream ends', async () => {
    const sessionId = '0190a000-0000-7000-8000-000000000002'
    const token = tokenFor({ sessionId })
    const stream = await ask(token, '/v1/ping/stream')
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    world.revocations.push({ sequence: 1, sessionId, userId: null, minimumVersion: null, apiKeyId: null })
    const ended = (async () => {
      while (!(await reader.read()).done);
      return true
    })()
    await until(
      async () => (await ask(token)).status,
      (status) => status === 401,
      5_000,
    )
    expect(await ended).toBe(true)
    expect((await ask(tokenFor())).status).toBe(200)
  })

  it('opens a stream that outlives the deadline of a request', async () => {
    const stream = await ask(tokenFor(), '/v1/ping/stream')
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
    const text = new TextDecoder()
    let seen = ''
    const end = Date.now() + 17_000
    while (Date.now() < end && !seen.includes('still here')) {
      const { value, done } = await reader.read()
      if (done) break
      seen += text.decode(value)
    }
    expect(seen).toContain('event: hello')
    expect(seen).toContain(': still here')
    await reader.cancel()
  })

  it('in a cookie changes nothing from a foreign page', async () => {
    const cookie = `lightpress_access=${tokenFor()}`
    const response = await fetch(`${world.baseUrl}/v1/ping/me`, { headers: { cookie } })
    expect(response.status).toBe(200)
  })
})

describe('a shutdown', () => {
  it('does not wait for connections that say nothing, nor for readers of streams', async () => {
    const other = await startWorld('one process')
    const silent = connect(other.servers[0]?.port ?? 0, '127.0.0.1')
    await new Promise((resolve) => silent.once('connect', resolve))
    silent.on('error', () => undefined)
    const stream = await fetch(`${other.baseUrl}/v1/ping/stream`, {
      headers: { authorization: `Bearer ${tokenFor()}` },
    })
    const started = Date.now()
    await other.close()
    expect(Date.now() - started).toBeLessThan(10_000)
    expect(await stream.text()).toContain('event: hello')
  })
})

describe('the routes', () => {
  it('are those that contracts declare, and no other', () => {
    const declared = new Set(
      ([pingContract, pongContract, systemContract] as Contract[]).flatMap(({ operations }) =>
        Object.values(operations).flatMap(({ method, path }) => (path === undefined ? [] : [`${method} ${path}`])),
      ),
    )
    const routes = routesOf(world)
    expect(routes.length).toBeGreaterThan(10)
    for (const route of routes) expect(declared).toContain(route)
  })
})

/** `METHOD /whole/path` of every route, out of the tree that Fastify prints. HEAD comes with every GET. */
function routesOf({ servers }: World): string[] {
  const found: string[] = []
  const path: string[] = []
  for (const line of servers[0]?.app.printRoutes({ commonPrefix: false }).split('\n') ?? []) {
    const [, indent = '', part, methods] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (part === undefined) continue
    path.length = indent.length / 4
    path.push(part)
    for (const method of methods?.split(', ') ?? []) if (method !== 'HEAD') found.push(`${method} ${path.join('')}`)
  }
  return found
}
