import { createCountdown } from './countdown.ts'
import { duration } from './duration.ts'

/** Counts down for the eye; a screen reader is told once, and not every second again. */
export function TryAgain(props: { after: number }) {
  const { left, start } = createCountdown()
  start(props.after)
  return <p aria-live="off">You can try again {left() > 0 ? `in ${duration(left())}` : 'now'}.</p>
}
