import { expect, it } from 'vitest'
import { pauses, settle } from '../src/account/settle.ts'

it('looks at once, and again until the answer is there', async () => {
  const run = waiting(['free', 'free', 'pro'])
  expect(await run.answer).toBe('pro')
  expect(run.paused).toEqual(pauses.slice(0, 2))
})

it('gives up after about a minute', async () => {
  const run = waiting([])
  expect(await run.answer).toBeUndefined()
  expect(run.paused).toEqual(pauses)
  expect(pauses.reduce((sum, pause) => sum + pause)).toBe(60_000)
})

it('asks no more once nobody waits', async () => {
  const leaving = new AbortController()
  const run = waiting([], leaving, () => leaving.abort())
  expect(await run.answer).toBeUndefined()
  expect(run.asked()).toBe(1)
})

function waiting(answers: string[], leaving = new AbortController(), onPause: () => void = () => undefined) {
  const paused: number[] = []
  let asked = 0
  const answer = settle({
    ask: async () => answers[asked++] ?? 'free',
    isSettled: (plan) => plan !== 'free',
    pause: async (milliseconds) => {
      paused.push(milliseconds)
      onPause()
    },
    signal: leaving.signal,
  })
  return { answer, paused, asked: () => asked }
}
