import { createSignal, onCleanup } from 'solid-js'
import { formats } from './formats.ts'
import { absoluteTime, calendarDate, relativeTime } from './relative-time.ts'

/** Relative, with the absolute in a `<time>` for hover, copying and assistive technology. */
export function Time(props: { at: string }) {
  const [now, setNow] = createSignal(new Date())
  const tick = setInterval(() => setNow(new Date()), 30_000)
  onCleanup(() => clearInterval(tick))
  const at = () => new Date(props.at)
  return (
    <time datetime={props.at} title={absoluteTime(at(), formats().locale, formats().timeZone)}>
      {relativeTime(at(), now(), formats().locale)}
    </time>
  )
}

/** In words; `short` for the columns of a table. */
export function CalendarDate(props: { at: string; short?: boolean }) {
  const style = () => (props.short ? 'medium' : 'long')
  return (
    <time datetime={props.at}>{calendarDate(new Date(props.at), formats().locale, formats().timeZone, style())}</time>
  )
}
