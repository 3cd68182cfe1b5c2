import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { whenSeenAgain, whileVisible } from '../src/live/while-visible.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'
}

function look() {
  const page = new Page()
  const looked = vi.fn()
  const end = whileVisible(1000, looked, page)
  const show = (state: DocumentVisibilityState) => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  return { looked, end, show }
}

it('looks every so often, and not at once', () => {
  const { looked } = look()
  expect(looked).not.toHaveBeenCalled()
  vi.advanceTimersByTime(3000)
  expect(looked).toHaveBeenCalledTimes(3)
})

it('rests while nobody can see it, and looks at once when somebody comes back', () => {
  const { looked, show } = look()
  show('hidden')
  vi.advanceTimersByTime(10_000)
  expect(looked).not.toHaveBeenCalled()
  show('visible')
  expect(looked).toHaveBeenCalledTimes(1)
})

it('can look only when somebody comes back', () => {
  const page = new Page()
  const looked = vi.fn()
  const end = whenSeenAgain(looked, page)
  vi.advanceTimersByTime(10_000)
  for (const state of ['hidden', 'visible'] as const) {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  expect(looked).toHaveBeenCalledTimes(1)
  end()
  page.dispatchEvent(new Event('visibilitychange'))
  expect(looked).toHaveBeenCalledTimes(1)
})

it('ends', () => {
  const { looked, end, show } = look()
  end()
  show('visible')
  vi.advanceTimersByTime(10_000)
  expect(looked).not.toHaveBeenCalled()
})
