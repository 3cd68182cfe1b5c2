import { AppError, defineContract, query } from '@lightpress/protocol'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createCallCache } from '../src/call-cache.ts'
import { createDatabase, type Database } from '../src/db.ts'
import type { CallContext, ModuleContext } from '../src/module.ts'
import { createLogger } from '../src/logging.ts'
import { migrate } from '../src/migrate.ts'
import { createEmitter } from '../src/signals.ts'
import type { pong as pongContract } from './support/contracts.ts'
import { ping } from './support/modules.ts'
import { startWorld, topologies, until, type World } from './support/start.ts'

const log = createLogger('silent', 'test')
const number = z.object({ of: z.string().optional(), also: z.string().optional() })
const pong = defineContract('pong', {
  remembered: query({ access: 'service', summary: '', cacheSeconds: 30, input: number, output: z.object({}) }),
  other: query({ access: 'service', summary: '', cacheSeconds: 30, input: number, output: z.object({}) }),
  never: query({ access: 'service', summary: '', input: number, output: z.object({}) }),
})

let test: TestDatabase
let database: Database
beforeAll(async () => {
  test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
})
afterAll(async () => {
  await database.close()
  await test.drop()
})
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** A process with a cache, beside the others on the same signals; its answers count how often they were asked for. */
function newProcess(bus = newBus()) {
  const { signals, ...link } = bus.join()
  let asked = 0
  const answer = vi.fn((): Promise<unknown> => Promise.resolve({ asked: ++asked, deep: { list: [1] } }))
  const cache = createCallCache({ invoke: answer, signals })
  const ask = (input: object = { of: 'a' }, operation = 'remembered') =>
    cache.invoke({ from: 'ping', to: pong, operation, input }, {} as CallContext) as Promise<{ asked: number }>
  return { bus, ask, answer, cache, link }
}

/** Signals that reach every process, for as long as they are connected. */
function newBus() {
  const processes = new Set<{ receive: (text: string) => void; connected: boolean }>()
  return {
    join() {
      const send = async (text: string) => {
        if (me.connected) for (const one of processes) if (one.connected) one.receive(text)
      }
      const { signals, receive, connected } = createEmitter(send, log)
      const me = { receive, connected: true }
      processes.add(me)
      return {
        signals,
        cut: () => void (me.connected = false),
        mend: () => {
          me.connected = true
          connected()
        },
      }
    },
  }
}

const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000)
const away = () => Promise.reject(new AppError('unavailable', 'seam.neighbour_unavailable', 'Away.', {}))
const origin = { requestId: 'test', traceparent: '' }
const change = ({ cache }: ReturnType<typeof newProcess>, input: object = { of: 'a' }) =>
  database.withTx(origin, async (tx) => cache.invalidate(tx, { module: 'pong', operation: 'remembered', input }))

describe('an answer in memory', () => {
  it('is given for as long as was declared, and no longer', async () => {
    const { ask } = newProcess()
    expect((await ask()).asked).toBe(1)
    seconds(29.999)
    expect((await ask()).asked).toBe(1)
    seconds(0.001)
    expect((await ask()).asked).toBe(2)
  })

  it('is as old as its question', async () => {
    const { ask, answer } = newProcess()
    answer.mockImplementationOnce(async () => {
      seconds(20)
      return { asked: 0 }
    })
    await ask()
    seconds(10)
    expect((await ask()).asked).toBe(1)
  })

  it('is of one operation and one input, whatever the order of its fields', async () => {
    const { ask } = newProcess()
    const asked = [
      await ask({ of: 'a', also: 'b' }),
      await ask({ also: 'b', of: 'a' }),
      await ask({ of: 'a', also: undefined }),
      await ask({ of: 'a' }),
      await ask({ of: 'b', also: 'a' }),
      await ask({ of: 'a', also: 'b' }, 'other'),
    ]
    expect(asked.map(({ asked: at }) => at)).toEqual([1, 1, 2, 2, 3, 4])
  })

  it('is kept of what declares it, and of nothing else', async () => {
    const { ask } = newProcess()
    expect([await ask({}, 'never'), await ask({}, 'never')]).toMatchObject([{ asked: 1 }, { asked: 2 }])
  })

  it('cannot be changed by whoever was given it', async () => {
    const { ask } = newProcess()
    for (const answer of [await ask(), await ask()]) {
      expect(() => Object.assign(answer, { asked: 7 })).toThrow(TypeError)
      expect(() => (answer as unknown as { deep: { list: number[] } }).deep.list.push(2)).toThrow(TypeError)
    }
  })

  it('goes when there are ten thousand younger ones', async () => {
    const { ask, answer } = newProcess()
    for (let at = 0; at <= 10_000; at++) await ask({ of: String(at) })
    answer.mockClear()
    await ask({ of: '1' })
    await ask({ of: '10000' })
    expect(answer).not.toHaveBeenCalled()
    await ask({ of: '0' })
    expect(answer).toHaveBeenCalledOnce()
  })

  it('lets nobody call inside a transaction', async () => {
    const { ask, answer } = newProcess()
    await ask()
    await database.withTx(origin, () => ask())
    expect(answer).toHaveBeenCalledTimes(2)
  })
})

describe('an answer that is another now', () => {
  it('is forgotten with the commit: at once here, by signal in other processes', async () => {
    const here = newProcess()
    const there = newProcess(here.bus)
    await Promise.all([here.ask(), there.ask(), there.ask({ of: 'b' })])
    await change(here)
    expect([(await here.ask()).asked, (await there.ask()).asked]).toEqual([2, 3])
    expect((await there.ask({ of: 'b' })).asked).toBe(2)
  })

  it('stays what it was when the transaction rolls back', async () => {
    const { ask, cache } = newProcess()
    await ask()
    const failed = database.withTx(origin, async (tx) => {
      cache.invalidate(tx, { module: 'pong', operation: 'remembered', input: { of: 'a' } })
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect((await ask()).asked).toBe(1)
  })

  it('is believed where the signal was lost, for as long as was declared', async () => {
    const here = newProcess()
    const there = newProcess(here.bus)
    await there.ask()
    there.link.cut()
    await change(here)
    expect((await there.ask()).asked).toBe(1)
    seconds(30)
    expect((await there.ask()).asked).toBe(2)
  })

  it('is not trusted after a reconnect, whatever it is of', async () => {
    const { ask, link } = newProcess()
    await ask()
    await ask({ of: 'b' })
    link.cut()
    link.mend()
    expect([(await ask()).asked, (await ask({ of: 'b' })).asked]).toEqual([3, 4])
  })

  it.each(['the signal', 'a reconnect'])('is not kept where it was being fetched: %s', async (what) => {
    const here = newProcess()
    const there = newProcess(here.bus)
    let answerNow = (_answer: unknown) => {}
    there.answer.mockImplementationOnce(() => new Promise((resolve) => (answerNow = resolve)))
    const early = there.ask()
    if (what === 'the signal') await change(here)
    else there.link.mend()
    answerNow({ asked: 0 })
    expect(await early).toEqual({ asked: 0 })
    expect((await there.ask()).asked).toBe(1)
  })

  it('does not come back with the slower of two who fetched it at once', async () => {
    const { ask, answer } = newProcess()
    const slow: ((answer: unknown) => void)[] = []
    answer.mockImplementationOnce(() => new Promise((resolve) => slow.push(resolve)))
    const first = ask()
    seconds(1)
    const second = await ask()
    slow[0]?.({ asked: 0 })
    await first
    expect(await ask()).toBe(second)
  })

  it('is not of a cache that was closed', async () => {
    const here = newProcess()
    const there = newProcess(here.bus)
    await there.ask()
    there.cache.close()
    await change(here)
    expect((await there.ask()).asked).toBe(1)
  })
})

describe('while the module cannot be asked', () => {
  it('its last answer is believed for five minutes', async () => {
    const { ask, answer } = newProcess()
    await ask()
    answer.mockImplementation(away)
    seconds(299.999)
    expect((await ask()).asked).toBe(1)
    seconds(0.001)
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('an answer that is another now is not', async () => {
    const process = newProcess()
    await process.ask()
    process.answer.mockImplementation(away)
    await change(process)
    await expect(process.ask()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it.each(['internal', 'not_found', 'forbidden'] as const)('%s is an answer as well', async (code) => {
    const { ask, answer } = newProcess()
    await ask()
    answer.mockImplementation(() => Promise.reject(new AppError(code, 'pong.no', 'No.')))
    seconds(31)
    await expect(ask()).rejects.toMatchObject({ code })
  })
})

describe.each(topologies)('between modules, %s', (topology) => {
  let world: World
  beforeAll(async () => {
    vi.useRealTimers()
    world = await startWorld(topology)
  })
  afterAll(() => world.close())

  const callsOf = () =>
    (world.servers[0]!.contextFor('ping') as unknown as ModuleContext<{ pong: typeof pongContract }>).calls.pong

  /** A process hears signals soon after it was started; what it remembered before is not believed from then on. */
  async function signalsAreHeard() {
    const { signals } = world.servers[0]!.contextFor('ping')
    let heard = false
    const stop = signals.on('heard', () => (heard = true))
    await until(
      () => {
        signals.emit('heard', null)
        return heard
      },
      (isHeard) => isHeard,
    )
    stop()
  }

  it('an answer is given from memory until its module says that it is another', async () => {
    vi.useRealTimers()
    const name = `n-${topology}`
    const pong = callsOf()
    await signalsAreHeard()
    expect(await pong.readNumber({ name })).toEqual({ value: 0, asked: 1 })
    expect(await pong.readNumber({ name })).toEqual({ value: 0, asked: 1 })
    await expect(pong.writeNumber({ name, value: 2, abort: true })).rejects.toMatchObject({ reason: 'pong.no' })
    expect(await pong.readNumber({ name })).toEqual({ value: 0, asked: 1 })
    await pong.writeNumber({ name, value: 2 })
    await until(
      () => pong.readNumber({ name }),
      ({ value }) => value === 2,
      5_000,
    )
  })
})
