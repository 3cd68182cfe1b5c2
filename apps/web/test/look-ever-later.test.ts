import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lookEverLater } from '../src/live/look-ever-later.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'
}

function look(pauses: number[], looked = vi.fn(() => Promise.resolve())) {
  const page = new Page()
  const onEnd = vi.fn()
  const end = lookEverLater({ pauses, look: looked, onEnd, page })
  const show = (state: DocumentVisibilityState) => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  return { looked, onEnd, end, show }
}

it('looks after each pause, and no more after the last', async () => {
  const { looked, onEnd } = look([1000, 3000])
  await vi.advanceTimersByTimeAsync(1000)
  expect(looked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2999)
  expect(looked).toHaveBeenCalledTimes(1)
  expect(onEnd).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(looked).toHaveBeenCalledTimes(2)
  expect(onEnd).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looked).toHaveBeenCalledTimes(2)
})

it('waits for an answer before it waits for the next look', async () => {
  let answer: () => void = () => undefined
  const { looked } = look(
    [1000, 1000],
    vi.fn(() => new Promise<void>((resolve) => (answer = resolve))),
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(looked).toHaveBeenCalledTimes(1)
  answer()
  await vi.advanceTimersByTimeAsync(1000)
  expect(looked).toHaveBeenCalledTimes(2)
})

it('rests while nobody can see it, and looks at once when somebody comes back', async () => {
  const { looked, show } = look([1000, 1000])
  show('hidden')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looked).not.toHaveBeenCalled()
  show('visible')
  expect(looked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(looked).toHaveBeenCalledTimes(2)
})

it('ends, whatever is under way', async () => {
  let answer: () => void = () => undefined
  const { looked, onEnd, end, show } = look(
    [1000],
    vi.fn(() => new Promise<void>((resolve) => (answer = resolve))),
  )
  await vi.advanceTimersByTimeAsync(1000)
  end()
  answer()
  show('visible')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(looked).toHaveBeenCalledTimes(1)
  expect(onEnd).not.toHaveBeenCalled()
})
