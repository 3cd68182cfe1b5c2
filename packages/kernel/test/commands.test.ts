import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ping, pong } from './support/modules.ts'
import { startWorld, until, type World } from './support/start.ts'

describe('a command with an Idempotency-Key', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('one process')
  })
  afterAll(() => world.close())

  it('is done once, however often it comes at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.ping.repeatable({ text: 'a' }, { idempotencyKey: 'one' })),
    )
    expect(answers.map(({ count: result }) => result)).toEqual(Array(10).fill(1))
    expect(await world.ping.repeatable({ text: 'a' })).toEqual({ count: 2 })
  })

  it('is refused when the key comes with another input', async () => {
    await world.ping.repeatable({ text: 'b' }, { idempotencyKey: 'two' })
    await expect(world.ping.repeatable({ text: 'c' }, { idempotencyKey: 'two' })).rejects.toMatchObject({
      code: 'conflict',
      reason: 'request.idempotency_key_reused',
    })
  })
})

describe('schedules', () => {
  it('run by the clock', async () => {
    let runs = 0
    const clocked = {
      ...ping,
      schedules: new Map([['tick', { name: 'tick', cron: '* * * * * *', run: async () => void runs++ }]]),
    }
    const world = await startWorld('one process')
    const server = await world.start([clocked, pong])
    try {
      await until(
        () => runs,
        (seen) => seen >= 2,
      )
    } finally {
      await server.close()
      await world.close()
    }
  })
})
