import { describe, expect, it } from 'vitest'
import { createLimiter, createShares } from '../src/pictures/limiter.ts'

const busy = { code: 'unavailable', reason: 'request.busy' }
const forEver = new AbortController().signal

/** Work that ends when it is told to, and whether it was begun. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<void>()
  let begun = 0
  return {
    run: () => {
      begun += 1
      return promise
    },
    end: resolve,
    begun: () => begun,
  }
}

describe('a line', () => {
  it('is left by whoever nobody waits for any more: that is never begun', async () => {
    const limited = createLimiter({ atOnce: 1, waiting: 2 })
    const [first, given, kept, late] = [createWork(), createWork(), createWork(), createWork()]
    const running = limited(first.run, forEver)
    const controller = new AbortController()
    const abandoned = limited(given.run, controller.signal)
    const waiting = limited(kept.run, forEver)
    await expect(limited(late.run, forEver)).rejects.toMatchObject(busy)

    const reason = new Error('It took too long.')
    controller.abort(reason)
    await expect(abandoned).rejects.toBe(reason)
    // The place in the line is free again.
    const later = limited(late.run, forEver)
    for (const work of [first, kept, late]) work.end()
    await Promise.all([running, waiting, later])
    expect([first, given, kept, late].map(({ begun }) => begun())).toEqual([1, 0, 1, 1])
  })

  it('is nothing for whoever was given up before, and their place is free', async () => {
    const limited = createLimiter({ atOnce: 1, waiting: 0 })
    const given = createWork()
    await expect(limited(given.run, AbortSignal.abort(new Error('Too late.')))).rejects.toThrow('Too late.')
    expect(given.begun()).toBe(0)
    expect(await limited(() => Promise.resolve('done'), forEver)).toBe('done')
  })

  it('lets as many in after a failure as before', async () => {
    const limited = createLimiter({ atOnce: 1, waiting: 0 })
    for (let time = 0; time < 3; time++)
      await expect(limited(() => Promise.reject(new Error('No.')), forEver)).rejects.toThrow('No.')
    expect(await limited(() => Promise.resolve('done'), forEver)).toBe('done')
  })
})

describe('shares', () => {
  it('are two for anybody, however many there are', async () => {
    const shared = createShares({ atOnce: 5, each: 2 })
    const work = createWork()
    const taken = [shared('eve', work.run, forEver), shared('eve', work.run, forEver)]
    for (let time = 0; time < 3; time++) await expect(shared('eve', work.run, forEver)).rejects.toMatchObject(busy)
    taken.push(shared('ada', work.run, forEver))
    work.end()
    await Promise.all(taken)
    expect(work.begun()).toBe(3)
    expect(await shared('eve', () => Promise.resolve('again'), forEver)).toBe('again')
  })
})
