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

it('stops when it is told to, without asking again', async () => {
  const stop = new AbortController()
  const run = following([body('id: 1\ndata: a\n\n'), body('id: 2\ndata: b\n\n')], stop, () => stop.abort())
  await run.done
  expect(run.asked).toEqual([''])
})

it('waits at most half a minute, and no two browsers the same', () => {
  expect(backOff(1, 0)).toBe(1000)
  expect(backOff(20, 0)).toBe(30_000)
  expect(backOff(20, 1)).toBe(15_000)
})

type Answer = ReadableStream<Uint8Array> | Error

function following(answers: Answer[], stop = new AbortController(), onEvent: () => void = () => undefined) {
  const asked: string[] = []
  const pauses: number[] = []
  const events: ServerEvent[] = []
  const done = follow({
    open: async (lastEventId) => {
      asked.push(lastEventId)
      const answer = answers[asked.length - 1] ?? over
      if (answer instanceof Error) throw answer
      return answer
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
  return { asked, pauses, events, done }
}

function body(text: string): ReadableStream<Uint8Array> {
  return new Response(text).body ?? new ReadableStream()
}
