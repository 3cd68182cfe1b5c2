import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from '../support/start.ts'

let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

// Fastify refuses these before it looks for a route, in words of its own.
it.each(['/v1/ping/%', '/v1/ping/%E0%A4%A', '/%c3%28'])(
  '%s, which cannot be decoded, is refused as a problem',
  async (path) => {
    const response = await fetch(world.baseUrl + path)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect([response.status, await response.json()]).toMatchObject([400, { status: 400, reason: 'request.malformed' }])
  },
)
