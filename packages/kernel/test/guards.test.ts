import { newId } from '../src/index.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newApiKey, startWorld, tokenFor, topologies, type World } from './support/start.ts'

const paths = { forKeys: '/v1/pong/keys', forThemself: '/v1/pong/themself', forProved: '/v1/pong/proved' }
type Operation = keyof typeof paths

describe.each(topologies)('who may call is asked where the operation is, %s', (topology) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(topology)
  })
  afterAll(() => world.close())

  /** Of the module itself, and of another one that calls it for whoever asks. */
  async function ask(operation: Operation, token: string) {
    const own = `http://127.0.0.1:${world.servers.at(-1)?.port}${paths[operation]}`
    const relayed = `${world.baseUrl}/v1/ping/guarded?operation=${operation}`
    const answers = []
    for (const url of [own, relayed]) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      const { status, reason, organizationId, caller } = (await response.json()) as Record<string, unknown>
      answers.push(response.ok ? { organizationId, caller } : `${status as number} ${reason as string}`)
    }
    expect(answers[1]).toEqual(answers[0])
    return answers[0]
  }
  const now = () => Math.floor(Date.now() / 1_000)

  it('a key does what it has the scope for, for its organisation', async () => {
    const { key, apiKeyId: caller, organizationId } = newApiKey(world)
    expect(await ask('forKeys', key)).toEqual({ organizationId, caller })
  })

  it('a key without the scope is told which', async () => {
    const { key } = newApiKey(world, { scopes: ['pong:write', 'ping:read'] })
    expect(await ask('forKeys', key)).toBe('403 request.scope_missing')
    const response = await fetch(`${world.baseUrl}/v1/ping/guarded?operation=forKeys`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(await response.text()).toContain('pong:read')
  })

  it('what asks for people is not for keys', async () => {
    const { key } = newApiKey(world)
    for (const operation of ['forThemself', 'forProved'] as const)
      expect(await ask(operation, key)).toBe('403 request.people_only')
  })

  it('a person needs the role, and no scope', async () => {
    const [userId, organizationId] = [newId(), newId()]
    expect(await ask('forKeys', tokenFor({ userId, organizationId, role: 'admin' }))).toEqual({
      organizationId,
      caller: userId,
    })
    expect(await ask('forKeys', tokenFor({ role: 'member' }))).toBe('403 request.not_allowed')
  })

  it('what asks for the person themself is not for an operator who acts as them', async () => {
    const [userId, organizationId] = [newId(), newId()]
    const acting = tokenFor({ userId, organizationId, role: 'admin', impersonatorId: newId() })
    for (const operation of ['forThemself', 'forProved'] as const)
      expect(await ask(operation, acting)).toBe('403 request.impersonating')
    expect(await ask('forKeys', acting)).toEqual({ organizationId, caller: userId })
  })

  it('what asks for a recent proof is for ten minutes after it', async () => {
    const [userId, organizationId] = [newId(), newId()]
    const proved = (secondsAgo: number) => tokenFor({ userId, organizationId, authenticatedAt: now() - secondsAgo })
    expect(await ask('forProved', proved(590))).toEqual({ organizationId, caller: userId })
    expect(await ask('forProved', proved(602))).toBe('403 request.step_up_required')
    expect(await ask('forThemself', proved(602))).toEqual({ organizationId, caller: userId })
  })
})
