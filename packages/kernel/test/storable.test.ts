import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeCursor } from '../src/index.ts'
import { findUnstorable } from '../src/storable.ts'
import { startWorld, type World } from './support/start.ts'

describe('a text that PostgreSQL cannot store', () => {
  it.each([
    ['\0', ''],
    ['a\uD800b', ''],
    [{ name: 'a\0' }, 'name'],
    [{ list: ['a', { deep: '\uDC00' }] }, 'list.1.deep'],
    [{ outer: { 'na\0me': 1 } }, 'outer'],
    [{ name: 'Zoë 😀', list: [1, null, true, undefined] }, undefined],
  ])('in %j is found at %j', (value, path) => expect(findUnstorable(value)).toBe(path))

  it('is found wherever it is, and nowhere else', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom('\0', '\uD800', ''), (value, bad) => {
        const found = findUnstorable({ value, at: [[`before${bad}`]] })
        const clean = findUnstorable(value) === undefined
        expect(found !== undefined).toBe(bad !== '' || !clean)
      }),
      { seed: 20_261_101 },
    )
  })

  it('is looked for however deep a body is nested', () => {
    const depth = 400_000
    expect(findUnstorable(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toBeUndefined()
  })

  it('is in no cursor', () => {
    const cursor = Buffer.from(JSON.stringify(['a\0'])).toString('base64url')
    expect(() => decodeCursor(cursor, z.tuple([z.string()]))).toThrow('The cursor is not one that a list gave.')
  })
})

describe('a request', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('one process')
  })
  afterAll(() => world.close())

  const json = { 'content-type': 'application/json' }
  const post = (body: string) => fetch(`${world.baseUrl}/v1/ping/happen`, { method: 'POST', headers: json, body })

  it.each([
    ['its path', () => fetch(`${world.baseUrl}/v1/ping/list/a%00`), 'id'],
    ['its query', () => fetch(`${world.baseUrl}/v1/ping/list/a?tag=b&tag=%00`), 'tag.1'],
    ['its body', () => post('{"note":"a\\u0000"}'), 'note'],
    ['half a character', () => post('{"note":"a\\ud800"}'), 'note'],
    ['a field that nobody knows', () => post('{"note":"a","more":{"x":"\\u0000"}}'), 'more.x'],
  ])('with one in %s is refused, and told where', async (_where, send, path) => {
    const response = await send()
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ reason: 'request.invalid', errors: [{ path }] })
  })

  it.each(['{"__proto__":{"note":"x"}}', '{"note":"a","constructor":{"prototype":{"x":1}}}'])(
    'with the body %s is refused: it would reach prototypes',
    async (body) => {
      const response = await post(body)
      expect(response.status).toBe(400)
      expect(({} as { note?: unknown }).note).toBeUndefined()
    },
  )

  it('of two values under one name takes the last, as every reader of JSON does', async () => {
    expect((await post('{"note":7,"note":"a"}')).status).toBe(202)
    expect((await post('{"note":"a","note":7}')).status).toBe(400)
  })

  it('of bytes beyond ASCII in headers is answered', async () => {
    const headers = { 'user-agent': 'b\xFC\x80', 'accept-language': '\xFF' }
    expect((await fetch(`${world.baseUrl}/v1/ping/list/a`, { headers })).status).toBe(200)
  })
})
