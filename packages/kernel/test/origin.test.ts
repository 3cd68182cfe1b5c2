import { request } from 'node:http'
import { systemContract } from '@lightpress/protocol'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '../src/http.ts'
import { createLogger } from '../src/logging.ts'
import { requireKnownHost, requireSameOrigin } from '../src/origin.ts'
import { startWorld, type World } from './support/start.ts'

/** A listener as `serve` makes it, that says what it makes of a request. */
async function listenerAt(publicUrl: string, trustedProxies: string[] = []): Promise<FastifyInstance> {
  const app = await createHttp({ log: createLogger('silent', 'test'), trustedProxies })
  requireKnownHost(app, { publicUrl })
  app.all('/', async (request) => {
    requireSameOrigin(request, { publicUrl })
    return { ip: request.ip }
  })
  return app
}

const unknownHost = [400, 'request.unknown_host']
const crossOrigin = [403, 'request.cross_origin']

async function hostOf(app: FastifyInstance, headers: Record<string, string>, url = '/') {
  const response = await app.inject({ url, headers })
  const { reason } = response.json<{ reason?: string }>()
  return reason === undefined ? response.statusCode : [response.statusCode, reason]
}

describe('under a public name', () => {
  let app: FastifyInstance
  beforeAll(async () => {
    app = await listenerAt('https://app.example.com')
  })

  it.each(['app.example.com', 'APP.example.com', 'app.example.com:443'])('%s is answered', async (host) => {
    expect(await hostOf(app, { host })).toBe(200)
  })

  it.each([
    'evil.example',
    'localhost',
    '127.0.0.1',
    'app.example.com.evil.example',
    'app.example.com:8443',
    'evil.example@app.example.com',
    'app.example.com/',
    'app.example.com?x',
    'app%2eexample.com',
    'app.example.com:port',
    '',
  ])('%o is not, for no path', async (host) => {
    for (const path of ['/', '/nothing']) expect(await hostOf(app, { host }, path)).toEqual(unknownHost)
  })

  it('nobody who is not trusted can forward another one', async () => {
    expect(await hostOf(app, { host: 'evil.example', 'x-forwarded-host': 'app.example.com' })).toEqual(unknownHost)
    expect(await hostOf(app, { host: 'app.example.com', 'x-forwarded-host': 'evil.example' })).toBe(200)
  })

  it.each([
    ['https://app.example.com', 200],
    ['http://app.example.com', crossOrigin],
    ['https://app.example.com:8443', crossOrigin],
    ['https://evil.example', crossOrigin],
    ['https://app.example.com.evil.example', crossOrigin],
    ['null', crossOrigin],
    [undefined, crossOrigin],
  ])('a page of %s may do what a cookie is good for: %j', async (origin, expected) => {
    const headers = { host: 'app.example.com', ...(origin !== undefined && { origin }) }
    const response = await app.inject({ method: 'POST', url: '/', headers })
    const { statusCode } = response
    expect(statusCode === 200 ? 200 : [statusCode, response.json<{ reason: string }>().reason]).toEqual(expected)
  })
})

describe('on this machine', () => {
  let app: FastifyInstance
  beforeAll(async () => {
    app = await listenerAt('http://localhost:3000')
  })

  it.each(['localhost:3000', 'localhost', '127.0.0.1:5173', '127.8.0.1', '[::1]:3000', 'shop.localhost'])(
    '%s is answered',
    async (host) => expect(await hostOf(app, { host })).toBe(200),
  )

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'notlocalhost'])(
    '%s is not',
    async (host) => expect(await hostOf(app, { host })).toEqual(unknownHost),
  )

  it('a page is ours that comes from where it asks', async () => {
    const from = async (origin: string) =>
      (await app.inject({ method: 'POST', url: '/', headers: { host: 'localhost:5173', origin } })).statusCode
    expect(await from('http://localhost:5173')).toBe(200)
    expect(await from('http://localhost:4000')).toBe(403)
    expect(await from('null')).toBe(403)
  })
})

describe('behind proxies', () => {
  let app: FastifyInstance
  beforeAll(async () => {
    app = await listenerAt('https://app.example.com', ['10.0.0.0/8', '192.168.1.1'])
  })

  it('the name is the one that the proxy was asked under', async () => {
    const asked = async (remoteAddress: string, forwarded: string) =>
      (
        await app.inject({
          url: '/',
          remoteAddress,
          headers: { host: '10.0.0.7:3000', 'x-forwarded-host': forwarded },
        })
      ).statusCode
    expect(await asked('10.0.0.1', 'app.example.com')).toBe(200)
    expect(await asked('10.0.0.1', 'evil.example')).toBe(400)
    expect(await asked('203.0.113.9', 'app.example.com')).toBe(400)
  })

  it.each([
    [
      'the last address that no trusted proxy has',
      '10.0.0.1',
      '1.1.1.1, 203.0.113.9, 192.168.1.1, 10.2.0.1',
      '203.0.113.9',
    ],
    ['whoever asks directly, whatever they claim', '203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['the proxy itself, when it forwards for nobody', '10.0.0.1', undefined, '10.0.0.1'],
  ])('the caller is %s', async (_who, remoteAddress, forwarded, ip) => {
    const headers = { host: 'app.example.com', ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) }
    const response = await app.inject({ url: '/', remoteAddress, headers })
    expect(response.json()).toEqual({ ip })
  })
})

describe('a process', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('one process', { PUBLIC_URL: 'https://app.example.com', TRUSTED_PROXIES: 'none' })
  })
  afterAll(() => world.close())

  /** `fetch` would choose the Host itself. */
  const statusUnder = (host: string, path: string, method = 'GET') =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(world.baseUrl + path, { method, headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.on('error', reject)
      sent.end()
    })

  it('answers under its own name, its health and what is signed under any', async () => {
    const { ready } = systemContract.operations
    expect(await statusUnder('app.example.com', '/v1/ping/list/a')).toBe(200)
    expect(await statusUnder('evil.example', '/v1/ping/list/a')).toBe(400)
    expect(await statusUnder('10.0.0.7:3000', ready.path)).toBe(200)
    expect(await statusUnder('gateway:3000', '/v1/ping/bytes', 'POST')).toBe(200)
  })
})
