import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from '../support/start.ts'

let world: World
beforeAll(async () => {
  world = await startWorld('one process')
})
afterAll(() => world.close())

it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
  'a parameter called %s is ignored',
  async (name) => {
    expect((await fetch(`${world.baseUrl}/v1/ping/list/a?${name}=1`)).status).toBe(200)
  },
)

it('an operation that every object has is none of a module', async () => {
  const response = await fetch(`http://127.0.0.1:${world.servers[0]?.internalPort}/internal/ping/constructor`, {
    method: 'POST',
  })
  expect(response.status).toBe(401)
})

it('a NUL in a text is the sender’s mistake', async () => {
  await expect(world.ping.repeatable({ text: 'a\0b' })).rejects.toMatchObject({ code: 'invalid' })
  await expect(world.ping.happen({ note: 'a\0b' })).rejects.toMatchObject({ code: 'invalid' })
})

it('an Idempotency-Key that is too long is refused, not cut', async () => {
  await expect(world.ping.repeatable({ text: 'x' }, { idempotencyKey: 'k'.repeat(201) })).rejects.toMatchObject({
    code: 'invalid',
  })
})

it('a refusal is never cached, and not ready does not say why', async () => {
  const response = await fetch(`${world.baseUrl}/v1/ping/surprise`)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it('nobody opened HEAD', async () => {
  expect((await fetch(`${world.baseUrl}/v1/ping/list/a`, { method: 'HEAD' })).status).toBe(404)
})
