import { expect, it } from 'vitest'
import { backOff, follow } from '../src/live/follow.ts'
import type { ServerEvent } from '../src/live/sse.ts'

const over = new Error('the session is over')

it('resumes after the last event when the server closes', async () => {
  const run = following([body('id: 1\ndata: a\n\n'), body('id: 2\ndata: b\n\n'), over])
  await run.done
  expect(run.asked).toEqual(['', '1', '2'])
  expect(run.events.map(({ data }) => data)).toEqual(['a', 'b'])
})

it('tries again later and later while it is refused, and at its own pace again once it works', async () => {
  const refused = new Error('no')
  const run = following([refused, refused, refused, body('id: 1\ndata: a\n\n'), refused, over])
  await run.done
  const [first = 0, second = 0, third = 0, , afterSuccess = 0] = run.pauses
  expect(second).toBeGreaterThan(first * 0.99)
  expect(third).toBeGreaterThan(second * 0.99)
  expect(afterSuccess).toBeLessThanOrEqual(2000)
})

it('does not hammer a server that accepts and closes at once', async () => {
  const run = following([body(''), body(''), body(''), over])
  await run.done
  expect(run.pauses).toHaveLength(3)
  expect(Math.min(...run.pauses)).toBeGreaterThan(0)
})

it('comes back at a moment of its own within the time that the server asked for', async () => {
  const slow = () => lasting('retry: 200\n\nid: 1\ndata: a\n\n', 1_050)
  const run = following([slow, slow, over])
  await run.done
  expect(run.pauses).toHaveLength(2)
  expect(Math.max(...run.pauses)).toBeLessThan(200)
  expect(run.pauses[0]).not.toBe(run.pauses[1])
})

it('leaves a stream without a byte, and opens another', async () => {
  const run = following([silent(), body('id: 1\ndata: a\n\n'), over], { silence: 20 })
  await run.done
  expect(run.asked).toEqual(['', '', '1'])
  expect(run.signals[0]?.aborted).toBe(true)
  expect(run.events.map(({ data }) => data)).toEqual(['a'])
})

it('stays with a stream that only beats', async () => {
  const beating = silent((controller) => {
    let beats = 0
    const timer = setInterval(() => {
      controller.enqueue(new TextEncoder().encode(': still here\n\n'))
      if (++beats < 6) return
      clearInterval(timer)
      controller.close()
    }, 50)
  })
  const run = following([beating, over], { silence: 200 })
  await run.done
  expect(run.signals[0]?.aborted).toBe(false)
  expect(run.asked).toHaveLength(2)
})

it('leaves a server that never answers', async () => {
  const run = following([never, over], { silence: 20 })
  await run.done
  expect(run.signals[0]?.aborted).toBe(true)
  expect(run.asked).toHaveLength(2)
})

it('stops when it is told to, without asking again', async () => {
  const stop = new AbortController()
  const run = following([body('id: 1\ndata: a\n\n'), body('id: 2\ndata: b\n\n')], { stop, onEvent: () => stop.abort() })
  await run.done
  expect(run.asked).toEqual([''])
})

it('waits at most half a minute, and no two browsers the same', () => {
  expect(backOff(1, 0)).toBe(1000)
  expect(backOff(20, 0)).toBe(30_000)
  expect(backOff(20, 1)).toBe(15_000)
})

/** Rejects when it is aborted, as `fetch` does, and not before. */
const never = Symbol('never')
type Answer = ReadableStream<Uint8Array> | Error | typeof never | (() => ReadableStream<Uint8Array>)

interface Setting {
  stop?: AbortController
  onEvent?: () => void
  silence?: number
}

function following(
  answers: Answer[],
  { stop = new AbortController(), onEvent = () => undefined, silence = 10_000 }: Setting = {},
) {
  const asked: string[] = []
  const signals: AbortSignal[] = []
  const pauses: number[] = []
  const events: ServerEvent[] = []
  const done = follow({
    silence,
    open: async (lastEventId, signal) => {
      asked.push(lastEventId)
      signals.push(signal)
      const answer = answers[asked.length - 1] ?? over
      if (answer === never)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      if (answer instanceof Error) throw answer
      return typeof answer === 'function' ? answer() : answer
    },
    onEvent: (event) => {
      events.push(event)
      onEvent()
    },
    lastEventId: () => events.at(-1)?.id ?? '',
    isFinal: (error) => error === over,
    pause: async (milliseconds) => {
      pauses.push(milliseconds)
    },
    signal: stop.signal,
  })
  return { asked, signals, pauses, events, done }
}

function body(text: string): ReadableStream<Uint8Array> {
  return new Response(text).body ?? new ReadableStream()
}

function silent(start: (controller: ReadableStreamDefaultController<Uint8Array>) => void = () => undefined) {
  return new ReadableStream<Uint8Array>({ start })
}

function lasting(text: string, milliseconds: number): ReadableStream<Uint8Array> {
  return silent((controller) => {
    controller.enqueue(new TextEncoder().encode(text))
    setTimeout(() => controller.close(), milliseconds)
  })
}
