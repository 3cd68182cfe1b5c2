import { expect, it } from 'vitest'
import { absoluteTime, relativeTime } from '../src/ui/relative-time.ts'

const now = new Date('2026-11-20T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)

it.each([
  [0, 'now'],
  [59, 'now'],
  [60, '1 minute ago'],
  [3599, '59 minutes ago'],
  [3600, '1 hour ago'],
  [86_400, 'yesterday'],
  [6 * 86_400, '6 days ago'],
  [7 * 86_400, 'last week'],
  [40 * 86_400, 'last month'],
  [800 * 86_400, '2 years ago'],
])('says what happened %i seconds ago as "%s"', (seconds, said) => {
  expect(relativeTime(ago(seconds), now, 'en')).toBe(said)
})

it('speaks of the future and in other languages', () => {
  expect(relativeTime(ago(-2 * 86_400 - 60), now, 'en')).toBe('in 2 days')
  expect(relativeTime(ago(180), now, 'de')).toBe('vor 3 Minuten')
})

it('writes the absolute time in the zone of the person, not of the machine', () => {
  expect(absoluteTime(now, 'en-GB', 'Asia/Tokyo')).toContain('21:00')
  expect(absoluteTime(new Date('2026-11-20T23:30:00Z'), 'en-GB', 'Europe/Berlin')).toContain('21 November 2026')
})
