import { afterAll, beforeAll, expect, it } from 'vitest'
import { tablesOf } from '../../src/tables.ts'
import { createLogger } from '../../src/logging.ts'
import { replayDead } from '../../src/replay.ts'
import { heal, pong } from './modules.ts'
import { startWorld, until, type World } from './start.ts'

export const count = (notes: string[], note: string) => notes.filter((item) => item === note).length

export async function outboxOf({ servers }: World) {
  const { outbox } = tablesOf('ping')
  return (servers[0] as World['servers'][0]).contextFor('ping').db.select().from(outbox)
}

/** What holds of events whichever backend carries them. Call inside `describe`. */
export function eventsHold(env: Record<string, string>) {
  let world: World
  beforeAll(async () => {
    world = await startWorld('over HTTP', env)
  })
  afterAll(() => world.close())

  it('take effect once each', async () => {
    const notes = Array.from({ length: 200 }, (_, index) => `note ${index}`)
    await Promise.all(notes.map((note) => world.ping.happen({ note })))
    const seen = await until(
      () => world.effects(),
      (effects) => notes.every((note) => effects.notes.includes(note)),
    )
    expect(notes.filter((note) => count(seen.notes, note) !== 1)).toEqual([])
  })

  it('do not leave a transaction that was rolled back', async () => {
    await expect(world.ping.happen({ note: 'aborted', abort: true })).rejects.toMatchObject({
      reason: 'ping.aborted',
    })
    await world.ping.happen({ note: 'after the abort' })
    const { notes } = await until(
      () => world.effects(),
      (effects) => effects.notes.includes('after the abort'),
    )
    expect(notes).not.toContain('aborted')
  })

  it('that fail ten times become dead letters, alone, and their publisher learns of it', async () => {
    const before = (await world.effects()).attempts
    const { id } = await world.ping.happen({ note: 'poison' })
    await world.ping.happen({ note: 'healthy' })
    await until(
      () => world.effects(),
      ({ notes }) => notes.includes('healthy'),
    )
    await until(
      () => outboxOf(world),
      (rows) => rows.find((row) => row.id === id)?.state === 'dead',
      40_000,
    )
    const { notes, attempts } = await world.effects()
    expect(notes).not.toContain('poison')
    expect(attempts - before).toBe(11)
  })

  // These two wait for other things and for long, so they wait together.
  it.concurrent('that are dead letters take effect once they are replayed and can be handled', async () => {
    const { id } = await world.ping.happen({ note: 'poison that heals' })
    await until(
      () => outboxOf(world),
      (rows) => rows.find((row) => row.id === id)?.state === 'dead',
      40_000,
    )
    heal()
    const url = world.databaseUrl
    expect(await replayDead([{ module: 'ping', url }], createLogger('silent', 'test'))).toBeGreaterThan(0)
    const { notes } = await until(
      () => world.effects(),
      (effects) => effects.notes.includes('poison that heals'),
    )
    expect(count(notes, 'poison that heals')).toBe(1)
  })

  it.concurrent('are settled in the outbox once their listener had them', async () => {
    const { id } = await world.ping.happen({ note: 'settled' })
    await until(
      () => outboxOf(world),
      (rows) => rows.find((row) => row.id === id)?.state === 'done',
      40_000,
    )
  })

  it('that a listener does not know yet wait until it does', async () => {
    const older = { ...pong, listeners: new Map() }
    await world.servers[1]?.close()
    const [port] = [world.servers[1]?.internalPort]
    const old = await world.start([older], { INTERNAL_PORT: String(port) })
    await world.ping.happen({ note: 'for the newer version' })
    await until(
      () => outboxOf(world),
      (rows) =>
        rows.some(
          (row) => (row.payload as { note: string }).note === 'for the newer version' && row.state === 'published',
        ),
    )
    await old.close()
    world.servers[1] = await world.start([pong], { INTERNAL_PORT: String(port) })
    const { notes } = await until(
      () => world.effects(),
      (effects) => effects.notes.includes('for the newer version'),
      60_000,
    )
    expect(count(notes, 'for the newer version')).toBe(1)
  })
}
