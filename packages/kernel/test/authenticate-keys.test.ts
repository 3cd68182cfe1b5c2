import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cookieNames } from '../src/authenticate.ts'
import { newApiKey, publicUrl, startWorld, tokenFor, until, type World } from './support/start.ts'

let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

async function ask(path: string, headers: Record<string, string>, init: RequestInit = {}) {
  const response = await fetch(world.baseUrl + path, { ...init, headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const cookie = (token: string) => ({ cookie: `${cookieNames(publicUrl).access}=${token}` })
const paths = { keys: '/v1/pong/keys', everybody: '/v1/ping/echo?text=x', people: '/v1/ping/me' }
const invalid = { status: 401, body: { reason: 'request.api_key_invalid' } }

describe('an API key', () => {
  it('is taken from the header, whatever the scheme is written like, and before a cookie', async () => {
    const { key, apiKeyId } = newApiKey(world)
    for (const headers of [
      bearer(key),
      { authorization: `bearer ${key}` },
      { ...bearer(key), ...cookie(tokenFor({ role: 'admin' })) },
    ])
      expect(await ask(paths.keys, headers)).toMatchObject({ status: 200, body: { caller: apiKeyId } })
  })

  it('is none in a cookie, nor anywhere else', async () => {
    const { key } = newApiKey(world)
    expect(await ask(paths.keys, cookie(key))).toMatchObject({
      status: 401,
      body: { reason: 'request.token_invalid' },
    })
    const basic = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }
    for (const [path, headers] of [
      [paths.keys, basic],
      [`${paths.keys}?access_token=${key}&api_key=${key}`, {}],
      [paths.keys, { 'x-api-key': key }],
    ] as const)
      expect(await ask(path, headers)).toMatchObject({ status: 401, body: { reason: 'request.sign_in_required' } })
  })

  it('that nobody made is refused, and is nobody where everybody may call', async () => {
    const { key } = newApiKey({ apiKeys: new Map() })
    for (const token of [key, 'lp_', 'lp_nonsense', `${key}.${key}.${key}`]) {
      for (const path of [paths.keys, paths.people]) expect(await ask(path, bearer(token))).toMatchObject(invalid)
      expect(await ask(paths.everybody, bearer(token))).toMatchObject({ status: 200 })
    }
  })

  it('that is revoked is refused soon', async () => {
    const { key, apiKeyId } = newApiKey(world)
    expect((await ask(paths.keys, bearer(key))).status).toBe(200)
    const nothing = { sessionId: null, userId: null, minimumVersion: null }
    world.revocations.push({ sequence: world.revocations.length + 1, ...nothing, apiKeyId })
    const refused = await until(
      () => ask(paths.keys, bearer(key)),
      ({ status }) => status !== 200,
      5_000,
    )
    expect(refused).toMatchObject(invalid)
  })

  it('opens no stream of events', async () => {
    expect(await ask('/v1/ping/stream', bearer(newApiKey(world).key))).toMatchObject({
      status: 403,
      body: { reason: 'request.people_only' },
    })
  })

  it('repeats under its own Idempotency-Key, and not under that of another key', async () => {
    const [one, other] = [newApiKey(world), newApiKey(world)]
    const add = ({ key }: { key: string }) =>
      ask(
        '/v1/ping/repeatable',
        { ...bearer(key), 'content-type': 'application/json', 'idempotency-key': 'the same' },
        { method: 'POST', body: JSON.stringify({ text: 'by keys' }) },
      )
    expect((await add(one)).body).toEqual({ count: 1 })
    expect((await add(one)).body).toEqual({ count: 1 })
    expect((await add(other)).body).toEqual({ count: 2 })
    expect((await add(one)).body).toEqual({ count: 1 })
  })
})
