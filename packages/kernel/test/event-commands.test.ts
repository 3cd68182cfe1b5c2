import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runEvents } from '../src/event-commands.ts'
import { newId, type Module, type Server } from '../src/index.ts'
import { tablesOf } from '../src/tables.ts'
import { ping, pong } from './support/modules.ts'
import { startWorld, type World } from './support/start.ts'

let world: World
beforeAll(async () => {
  // Without a relay: what is put back to be sent stays to be seen.
  world = await startWorld('one process', { ROLES: 'http' })
})
afterAll(() => world.close())
afterEach(() => vi.unstubAllEnvs())

const server = () => world.servers[0] as Server

/** What an operator reads who types these words. */
function say(...words: string[]): Promise<string> {
  return sayTo([ping, pong], ...words)
}

/** The same in a process that has only these modules. Nothing else can be reached. */
function sayTo(modules: readonly Module[], ...words: string[]): Promise<string> {
  const nobody = 'http://127.0.0.1:9'
  const env = { ...world.env, AUTH_URL: nobody, PING_URL: nobody, PONG_URL: nobody, QUEUE_URL: 'redis://127.0.0.1:9' }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return runEvents(words, modules)
}

/** An event that pong gave up, and why. */
async function bury(error: string): Promise<string> {
  const id = newId()
  const type = 'ping.thing.happened.v1'
  const origin = { requestId: `request-${id}`, traceparent: '' }
  const letter = { id, listener: 'pong', kind: 'event' as const, type, payload: {}, origin, state: 'dead' as const }
  await server().contextFor('ping').db.insert(tablesOf('ping').outbox).values(letter)
  await server().contextFor('pong').db.insert(tablesOf('pong').inbox).values({ id, type, state: 'dead', error })
  return id
}

describe('on the command line', () => {
  it('what waits and what is dead is listed, and sent again, one letter or all of a module', async () => {
    const [first, second] = [await bury('the first reason'), await bury('the second reason')]
    const cells = async () => (await say('list')).split('\n').map((line) => line.split(/ {2,}/))
    const rowOf = async () => (await cells()).find(([module, listener]) => module === 'ping' && listener === 'pong')
    expect(await rowOf()).toMatchObject(['ping', 'pong', 'event', '0', '0', '0', '2', '-'])

    const dead = await say('dead')
    for (const part of [first, second, 'the first reason', 'the second reason', `request-${first}`])
      expect(dead).toContain(part)
    expect(await say('dead', 'pong')).toBe('There are no dead letters.')

    expect(await say('replay', 'pong')).toBe('There is no such dead letter.')
    expect(await say('replay', 'ping', first)).toBe('Sent again: 1.')
    expect(await say('replay', 'ping', first)).toBe('There is no such dead letter.')
    expect(await say('dead')).not.toContain(first)
    expect((await rowOf())?.slice(0, 7)).toEqual(['ping', 'pong', 'event', '1', '0', '0', '1'])
    expect(await say('replay')).toBe('Sent again: 1.')
    expect(await say('dead', 'ping')).toBe('There are no dead letters.')
  })

  it('what is dead is listed while nothing else is up, without what only others know', async () => {
    const id = await bury('the reason')
    const dead = await sayTo([ping], 'dead')
    expect(dead).toContain(id)
    expect(dead).toContain('nobody says why')
    expect(await say('dead')).toContain('the reason')
  })

  it.each([
    [['replay', 'nobody'], 'There is no module nobody here.'],
    [['replay', 'ping', 'not-an-id'], 'is no id of an event or a job'],
    [['burn'], 'events list, events dead, events replay'],
  ])('%s is answered by what there is', async (words, answer) => {
    await expect(say(...words)).rejects.toThrow(answer)
  })
})
