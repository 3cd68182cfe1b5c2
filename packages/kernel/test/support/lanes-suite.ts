import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { defineJob, enqueue, RetryLater, type Lane, type Limit, type Module, type Server } from '../../src/index.ts'
import type { Job } from '../../src/module.ts'
import { tablesOf } from '../../src/tables.ts'
import { ping, pong } from './modules.ts'
import { startWorld, until, type World } from './start.ts'

const Payload = z.object({ name: z.string() })

interface Run {
  name: string
  by: string
  at: number
}

/** What a job does in its turn; by its name. Throws what it is to fail with. */
type Turn = (name: string, times: number) => Promise<void> | void

/** What holds of lanes whichever backend carries them. Call inside `describe`. */
export function lanesHold(env: Record<string, string>) {
  let world: World
  beforeAll(async () => {
    world = await startWorld('one process', env)
    // It knows no lanes, and would send what is for them somewhere else.
    await world.servers[0]?.close()
  })
  afterAll(() => world.close())

  it('let no more through than the vendor takes, in all processes together', async () => {
    const { runs, ask, close } = await start({ max: 2, milliseconds: 250 }, () => sleep(200))
    const names = numbered(16)
    await ask(names)
    await until(
      () => runs,
      () => runs.length >= 16,
    )
    await close()
    expect(runs.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    expect(new Set(runs.map(({ by }) => by)).size).toBe(2)
    const spans = runs.slice(4).map(({ at }, index) => at - (runs[index] as Run).at)
    // Five in a row are of three windows at least, whose middle one is whole.
    expect(Math.min(...spans)).toBeGreaterThan(240)
  })

  it('stand still in every process when the vendor says later, and whoever was refused goes first again', async () => {
    const refused: number[] = []
    const { runs, ask, close } = await start({ max: 2, milliseconds: 50 }, (name, times) => {
      if (name !== '3' || times > 1) return
      refused.push(Date.now())
      throw new RetryLater(2_000)
    })
    await ask(numbered(12))
    await until(
      () => runs,
      () => runs.length >= 13,
    )
    await close()
    const pause = refused[0] as number
    // Whatever had begun when it was said may end.
    const after = runs.filter(({ at }) => at > pause + 1_000)
    // Two begin at once then.
    expect(after.slice(0, 2).map(({ name }) => name)).toContain('3')
    expect(after[0]?.at).toBeGreaterThan(pause + 1_900)
    expect(runs.filter(({ name }) => name === '3')).toHaveLength(2)
  })

  it('wait for a vendor as often as it says so: that is no failed attempt', async () => {
    const { runs, ask, close } = await start({ max: 10, milliseconds: 50 }, (_name, times) => {
      if (times <= 40) throw new RetryLater(20)
    })
    await ask(['patient'])
    await until(
      () => runs,
      () => runs.length >= 41,
    )
    await sleep(300)
    await close()
    expect(runs).toHaveLength(41)
  })

  it('stand still for as long as the vendor said last or before, whichever is longer', async () => {
    const refused: number[] = []
    const bothRun = Promise.withResolvers<void>()
    const { runs, ask, close } = await start({ max: 2, milliseconds: 50 }, async (name, times) => {
      if (times > 1 || (name !== '1' && name !== '2')) return
      if (name === '2') bothRun.resolve()
      await bothRun.promise
      if (name === '2') await sleep(500)
      refused.push(Date.now())
      throw new RetryLater(name === '1' ? 2_500 : 100)
    })
    await ask(numbered(6))
    await until(
      () => runs,
      () => runs.length >= 8,
    )
    await close()
    expect(refused).toHaveLength(2)
    const after = runs.filter(({ at }) => at > (refused[1] as number))
    expect((after[0] as Run).at - (refused[0] as number)).toBeGreaterThan(2_400)
  })

  it('let go first what somebody waits for', async () => {
    const { runs, ask, close } = await start({ max: 1, milliseconds: 100 }, () => undefined)
    await ask(numbered(30))
    await until(
      () => runs,
      () => runs.length >= 3,
    )
    await ask(['urgent'], { urgent: true })
    await until(
      () => runs,
      () => runs.length >= 31,
    )
    await close()
    expect(runs.findIndex(({ name }) => name === 'urgent')).toBeLessThan(25)
  })

  it('let what always fails take its turns with what is new, and no more', async () => {
    const poison = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const { runs, ask, close } = await start({ max: 1, milliseconds: 40 }, (name) => {
      if (poison.includes(name)) throw new Error('never')
    })
    await ask(poison)
    await until(
      () => runs,
      () => runs.length >= 2,
    )
    const healthy = numbered(8)
    await ask(healthy)
    await until(
      () => runs,
      () => runs.length >= 10 * poison.length + healthy.length,
    )
    await close()
    const order = runs.map(({ name }) => name)
    const before = order.slice(0, order.indexOf('8'))
    const turns = poison.map((name) => before.filter((one) => one === name).length)
    expect(Math.max(...turns)).toBeLessThanOrEqual(3)
  })

  it('let what failed go again before what came after that', async () => {
    const { runs, ask, close } = await start({ max: 1, milliseconds: 100 }, (name, times) => {
      if (name === 'failing' && times === 1) throw new Error('not yet')
    })
    await ask(['failing', ...numbered(8)])
    await until(
      () => runs,
      () => runs.length >= 3,
    )
    await ask(numbered(20).map((name) => `later ${name}`))
    await until(
      () => runs,
      () => runs.length >= 30,
    )
    await close()
    expect(runs.map(({ name }) => name).lastIndexOf('failing')).toBeLessThan(25)
  })

  it('are left by jobs that another version without them can do, and taken by those of another version', async () => {
    const forward = await start({ max: 10, milliseconds: 10 }, () => undefined, { roles: 'http,relay', laneless: true })
    await forward.ask(['older'])
    await published()
    await forward.close()
    const newer = await start({ max: 10, milliseconds: 10 }, () => undefined)
    await until(
      () => newer.runs,
      () => newer.runs.length >= 1,
    )
    await newer.close()
    const ahead = await start({ max: 10, milliseconds: 10 }, () => undefined, { roles: 'http,relay' })
    await ahead.ask(['newer'])
    await published()
    await ahead.close()
    const older = await start({ max: 10, milliseconds: 10 }, () => undefined, { laneless: true })
    await until(
      () => older.runs,
      () => older.runs.length >= 1,
    )
    await older.close()
    expect([newer.runs, older.runs].map((runs) => runs.map(({ name }) => name))).toEqual([['older'], ['newer']])
  })

  it('run as many at once as they say, where other jobs wait for each other', async () => {
    let [open, most] = [0, 0]
    const { runs, ask, close } = await start(
      null,
      async () => {
        most = Math.max(most, ++open)
        await sleep(1_500)
        open--
      },
      { concurrency: 6 },
    )
    await ask(numbered(24))
    await until(
      () => runs,
      () => runs.length >= 24,
    )
    await close()
    expect(most).toBeGreaterThan(6)
    expect(most).toBeLessThanOrEqual(12)
  })

  /** Two processes with a job in a lane of this limit, or of none. */
  async function start(
    limit: Limit | null,
    turn: Turn,
    { roles, laneless, concurrency }: { roles?: string; laneless?: boolean; concurrency?: number } = {},
  ) {
    const runs: Run[] = []
    const lane: Lane<unknown> = {
      name: 'vendor',
      ...(limit && { limit: () => limit }),
      ...(concurrency !== undefined && { concurrency }),
    }
    const times = new Map<string, number>()
    const jobsOf = (by: string) =>
      [false, true].map((urgent) =>
        defineJob(
          urgent ? 'call_now' : 'call',
          Payload,
          async ({ name }, _ctx: object) => {
            runs.push({ name, by, at: Date.now() })
            times.set(name, (times.get(name) ?? 0) + 1)
            await turn(name, times.get(name) as number)
          },
          laneless ? {} : { lane, urgent },
        ),
      )
    const [calm, urgent] = jobsOf('nobody')
    const servers: Server[] = []
    for (const by of ['one', 'two']) {
      const jobs = new Map(jobsOf(by).map((job) => [job.name, job as Job]))
      const module: Module = { ...ping, jobs }
      // Half of the connections is what it does at once: one.
      servers.push(await world.start([module, pong], { DATABASE_POOL_SIZE: '2', ...(roles && { ROLES: roles }) }))
    }
    return {
      runs,
      async ask(names: readonly string[], options: { urgent?: boolean } = {}) {
        const job = (options.urgent ? urgent : calm) as NonNullable<typeof calm>
        await (servers[0] as Server).contextFor('ping').withTx(async (tx) => {
          for (const name of names) await enqueue(tx, job, { payload: { name } })
        })
      },
      async close() {
        for (const server of servers) await server.close()
      },
    }
  }

  /** That everything is in its queue. */
  async function published() {
    const server = await world.start([{ ...ping, jobs: new Map() }, pong], { ROLES: 'http' })
    const { outbox } = tablesOf('ping')
    try {
      await until(
        () => server.contextFor('ping').db.select().from(outbox),
        (rows) => rows.every(({ state }) => state !== 'pending'),
      )
    } finally {
      await server.close()
    }
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))
