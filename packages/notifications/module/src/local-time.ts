import type { DigestPlan, QuietHours } from '@lightpress/notifications-contract'
import { made } from './formats.ts'

// Times of day where a person is, over the days on which clocks are put forward or back. Pure: no I/O and no clock.

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

/** When the first digest after a moment is due. One a day of the plan, also where clocks show its hour twice. */
export function nextDigestAt(after: Date, { frequency, hour, weekday }: DigestPlan, timeZone: string): Date {
  const today = dayOf(wallTime(after.getTime(), timeZone))
  for (let day = today; ; day += DAY) {
    if (frequency === 'weekly' && isoWeekday(day) !== weekday) continue
    const [moment] = momentsOf(day + hour * 60 * MINUTE, timeZone)
    if (moment > after.getTime()) return new Date(moment)
  }
}

/** When the quiet hours that a moment is in are over; null when it is in none. */
export function quietUntil(now: Date, { from, to }: QuietHours, timeZone: string): Date | null {
  const wall = wallTime(now.getTime(), timeZone)
  const [since, begin, end] = [wall - dayOf(wall), timeOfDay(from), timeOfDay(to)]
  const isOverMidnight = begin > end
  const isQuiet = isOverMidnight ? since >= begin || since < end : since >= begin && since < end
  if (!isQuiet) return null
  const day = dayOf(wall) + (isOverMidnight && since >= begin ? DAY : 0)
  const [first, second] = momentsOf(day + end, timeZone)
  return new Date(first > now.getTime() || second === undefined ? first : second)
}

/** What clocks in a zone show at a moment, as the milliseconds at which they would show it in UTC. */
function wallTime(moment: number, timeZone: string): number {
  const parts = clock('en', timeZone).formatToParts(moment)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

const clock = made(
  (locale, timeZone) =>
    new Intl.DateTimeFormat(locale, {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
)

/**
 * When clocks in a zone show a time: at one moment; at two, an hour apart, where they are put back over it. A time that they
 * are put forward over is shown never, and counts as so much later.
 */
function momentsOf(wall: number, timeZone: string): [first: number, second?: number] {
  // No zone changes its clocks twice within two days.
  const [before, after] = [wall - offsetAt(wall - DAY, timeZone), wall - offsetAt(wall + DAY, timeZone)]
  const shown = [Math.min(before, after), Math.max(before, after)].filter((at) => wallTime(at, timeZone) === wall)
  const [first = before, second] = shown
  return second === undefined || second === first ? [first] : [first, second]
}

function offsetAt(moment: number, timeZone: string): number {
  return wallTime(moment, timeZone) - moment
}

function dayOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY
}

function timeOfDay(text: string): number {
  const [hours, minutes] = text.split(':').map(Number) as [number, number]
  return (hours * 60 + minutes) * MINUTE
}

/** 1 is Monday. */
function isoWeekday(day: number): number {
  return new Date(day).getUTCDay() || 7
}
