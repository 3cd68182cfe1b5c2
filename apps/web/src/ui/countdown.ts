import { createSignal, onCleanup } from 'solid-js'

/** Seconds that are left of a wait, down to 0. Reckoned from the clock: a tab in the background ticks late. */
export function createCountdown() {
  const [left, setLeft] = createSignal(0)
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  onCleanup(stop)

  const start = (seconds: number) => {
    const end = Date.now() + seconds * 1000
    const tick = () => {
      setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)))
      if (left() === 0) stop()
    }
    stop()
    timer = setInterval(tick, 1000)
    tick()
  }
  return { left, start }
}
