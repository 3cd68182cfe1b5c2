import { defineContract, query, type Problem } from '@lightpress/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { whyNotAnybody } from '../src/development-sign-in.ts'
import { fakeNeighbour, newId, serve, type Server } from '../src/index.ts'
import { readConfig } from '../src/process-config.ts'
import { ping, pong } from './support/modules.ts'
import { startWorld, tokenFor, topologies, type World } from './support/start.ts'

/** As users declares it, as far as anybody here asks. */
const usersContract = defineContract('users', {
  readPrincipal: query({
    access: 'service',
    summary: '',
    input: z.object({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
    output: z.object({
      user: z.object({ operator: z.boolean(), suspended: z.boolean(), name: z.string() }).nullable(),
      membership: z.object({ organizationId: z.uuid(), role: z.enum(['member', 'admin', 'owner']) }).nullable(),
    }),
  }),
})

const [ada, mia, sam] = [newId(), newId(), newId()]
const [home, work] = [newId(), newId()]
const people: Record<string, { operator: boolean; suspended: boolean; roles: Record<string, 'member' | 'owner'> }> = {
  [ada]: { operator: true, suspended: false, roles: { [home]: 'owner', [work]: 'member' } },
  [mia]: { operator: false, suspended: false, roles: { [home]: 'member' } },
  [sam]: { operator: false, suspended: true, roles: {} },
}
const users = fakeNeighbour(usersContract, {
  readPrincipal({ userId, organizationId }: { userId: string; organizationId: string | null }) {
    const person = people[userId]
    if (!person) return { user: null, membership: null }
    const at = organizationId ?? Object.keys(person.roles)[0] ?? ''
    const role = person.roles[at]
    return { user: { ...person, name: 'Ada' }, membership: role ? { organizationId: at, role } : null }
  },
})

const on = { DEVELOPMENT_SIGN_IN: 'true' }
let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

/** Processes in which it is on: ping and pong in one, or each in its own with users beside pong. */
async function start(topology: (typeof topologies)[number]): Promise<Server[]> {
  if (topology === 'one process') return [await world.start([ping, pong], on, [users])]
  const second = await world.start([pong], on, [users])
  const url = `http://127.0.0.1:${second.internalPort}`
  return [await world.start([ping], { ...on, PONG_URL: url, USERS_URL: url }), second]
}

const at = ({ port }: Server, path: string) => `http://127.0.0.1:${port}${path}`
const asks = (server: Server, headers: Record<string, string>, path = '/v1/ping/me') =>
  fetch(at(server, path), { headers })
const reasonOf = async (response: Response) => `${response.status} ${((await response.json()) as Problem).reason}`
const refused = '403 request.development_sign_in'

describe.each(topologies)('whoever says in development who they are (%s)', (topology) => {
  let servers: Server[]
  let first: Server
  /** Where pong is asked. */
  let last: Server
  beforeAll(async () => {
    servers = await start(topology)
    ;[first, last] = [servers[0] as Server, servers.at(-1) as Server]
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
  })

  it('is that person, in every process and for what it calls', async () => {
    expect(await (await asks(first, { 'x-dev-user-id': mia })).json()).toEqual({ userId: mia })
    const guarded = await asks(last, { 'x-dev-user-id': mia }, '/v1/pong/proved')
    expect(await guarded.json()).toEqual({ organizationId: home, caller: mia })
    const relayed = await asks(first, { 'x-dev-user-id': mia }, '/v1/ping/guarded?operation=forProved')
    expect(await relayed.json()).toEqual({ organizationId: home, caller: mia })
  })

  it('has the role they have, or the one they say, in the organization they say', async () => {
    const owners = (headers: Record<string, string>) =>
      asks(first, headers, '/v1/ping/owners').then(({ status }) => status)
    expect(await owners({ 'x-dev-user-id': ada })).toBe(200)
    expect(await owners({ 'x-dev-user-id': ada, 'x-dev-organization-id': work })).toBe(403)
    expect(await owners({ 'x-dev-user-id': ada, 'x-dev-role': 'admin' })).toBe(403)
    expect(await owners({ 'x-dev-user-id': mia })).toBe(403)
    expect(await owners({ 'x-dev-user-id': mia, 'x-dev-role': 'owner' })).toBe(200)
    expect(await owners({ 'X-Dev-User-Id': mia, 'X-Dev-Role': 'operator' })).toBe(403)
  })

  it('is refused when that makes no sense, and is told why', async () => {
    for (const headers of [
      { 'x-dev-user-id': newId() },
      { 'x-dev-user-id': sam },
      { 'x-dev-user-id': 'admin' },
      { 'x-dev-user-id': mia, 'x-dev-role': 'emperor' },
      { 'x-dev-user-id': mia, 'x-dev-organization-id': work },
      { 'x-dev-role': 'operator' },
      { 'x-dev-organization-id': home },
    ] as Record<string, string>[])
      // Also where nobody need be signed in: nobody is surprised by whom they are not.
      for (const path of ['/v1/ping/me', '/v1/ping/echo?text=x'])
        expect(await reasonOf(await asks(first, headers, path)), JSON.stringify(headers)).toBe(refused)
  })

  it('goes before a token, and leaves whoever says nothing to theirs', async () => {
    const token = tokenFor({ userId: ada })
    const authorization = `Bearer ${token}`
    expect(await (await asks(first, { authorization, 'x-dev-user-id': mia })).json()).toEqual({ userId: mia })
    expect(await (await asks(first, { authorization })).json()).toEqual({ userId: ada })
    expect((await asks(first, {})).status).toBe(401)
  })

  it('is this machine, all the way, and asks by a name of it', async () => {
    const says = async (options: { remoteAddress?: string; headers?: Record<string, string> }) => {
      const { statusCode, body } = await first.app.inject({
        url: '/v1/ping/me',
        ...options,
        headers: { host: 'localhost:3000', 'x-dev-user-id': mia, ...options.headers },
      })
      return `${statusCode} ${(JSON.parse(body) as Problem).reason}`
    }
    for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect(await says({ remoteAddress })).toMatch(/^200/)
    for (const remoteAddress of [
      '10.0.0.1',
      '192.168.1.2',
      'fe80::1',
      '::ffff:10.0.0.1',
      '2001:db8::1',
      '127.0.0.1.example',
    ])
      expect(await says({ remoteAddress })).toBe(refused)
    // A tunnel to this machine, which says on whose behalf it asks; and our own gateway, which does, too.
    for (const passed of ['203.0.113.7', '127.0.0.1, 203.0.113.7', '203.0.113.7, 127.0.0.1', 'unknown', ''])
      expect(await says({ headers: { 'x-forwarded-for': passed } })).toBe(refused)
    expect(await says({ headers: { forwarded: 'for=203.0.113.7' } })).toBe(refused)
    expect(await says({ headers: { 'x-forwarded-host': 'app.example.com' } })).toBe(refused)
    expect(await says({ headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost:3000' } })).toMatch(
      /^200/,
    )
    for (const host of ['app.example.com', '192.168.1.2:3000', 'localhost.example.com', 'evil.test']) {
      expect(await says({ headers: { host } })).toBe('400 request.unknown_host')
    }
  })

  it('is no page of another site', async () => {
    const url = at(first, '/v1/ping/repeatable')
    const says = { 'x-dev-user-id': mia, 'content-type': 'application/json' }
    const post = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers: { ...says, ...headers }, body: '{"text":"x"}' })
    expect((await post({})).status).toBe(200)
    expect((await post({ origin: `http://127.0.0.1:${first.port}` })).status).toBe(200)
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1'])
      expect(await reasonOf(await post({ origin }))).toBe('403 request.cross_origin')
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-dev-user-id' }
    for (const origin of ['https://evil.example', 'http://localhost:1', `http://127.0.0.1:${first.port}`]) {
      const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin, ...asked } })
      expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(preflight.ok).toBe(false)
    }
  })
})

describe('without DEVELOPMENT_SIGN_IN', () => {
  it('nobody is anybody by saying so', async () => {
    const [server] = world.servers as [Server]
    expect((await asks(server, { 'x-dev-user-id': mia })).status).toBe(401)
    const off = await world.start([ping, pong], { DEVELOPMENT_SIGN_IN: 'false' }, [users])
    expect((await asks(off, { 'x-dev-user-id': mia, 'x-dev-role': 'owner' })).status).toBe(401)
    await off.close()
  })
})

describe('DEVELOPMENT_SIGN_IN', () => {
  const local = { NODE_ENV: 'development', HOST: '127.0.0.1', PUBLIC_URL: 'http://localhost:3000' }
  const wrong = {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PUBLIC_URL: 'https://app.example.com',
  }
  const elsewhere = { USERS_URL: 'http://users:3001', AUTH_URL: 'http://auth:3001' }
  const messageOf = (env: Record<string, string>) => {
    try {
      readConfig([ping, pong], { env: { ...world.env, ...elsewhere, ...on, ...env } })
      return 'accepted'
    } catch (error) {
      return (error as Error).message
    }
  }

  it('is for this machine, and not for production', () => {
    expect(messageOf(local)).toBe('accepted')
    expect(messageOf({ ...local, HOST: '::1', PUBLIC_URL: 'http://lightpress.localhost' })).toBe('accepted')
    for (const [name, value] of Object.entries(wrong)) {
      expect(messageOf({ ...local, TRUSTED_PROXIES: 'none', [name]: value })).toContain('DEVELOPMENT_SIGN_IN is wrong')
      expect(whyNotAnybody({ ...local, [name]: value })).toHaveLength(1)
    }
    for (const HOST of ['0.0.0.0', '::', '192.168.1.2', '10.127.0.0.1', 'localhost.example.com', ''])
      expect(messageOf({ ...local, HOST }), HOST).toContain('HOST must be a loopback address')
  })

  it('says all that is wrong at once, with whatever else is', () => {
    const message = messageOf({ ...wrong, TRUSTED_PROXIES: 'none', INTERNAL_KEY: '' })
    expect(message).toMatch(
      /DEVELOPMENT_SIGN_IN is wrong: .*production.*HOST.*0\.0\.0\.0.*PUBLIC_URL.*app\.example\.com/,
    )
    expect(message).toContain('INTERNAL_KEY is missing')
    expect(messageOf({ ...wrong, PUBLIC_URL: '' })).toMatch(/DEVELOPMENT_SIGN_IN is wrong[^]*PUBLIC_URL is missing/)
  })

  it('is a word that is either true or false', () => {
    for (const value of ['yes', '1', 'TRUE'])
      expect(messageOf({ ...local, DEVELOPMENT_SIGN_IN: value })).toContain('DEVELOPMENT_SIGN_IN')
  })

  it('keeps a process from starting where it must not be', async () => {
    const env = { ...world.env, ...on, HOST: '0.0.0.0' }
    await expect(serve([ping, pong], { env, neighbours: [users] })).rejects.toThrow('HOST must be a loopback address')
  })
})
