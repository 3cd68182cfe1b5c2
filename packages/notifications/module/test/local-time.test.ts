import { seed } from '@lightpress/testing'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { nextDigestAt, quietUntil } from '../src/local-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const daily = (hour: number) => ({ frequency: 'daily' as const, hour, weekday: 1 })
const weekly = (hour: number, weekday: number) => ({ frequency: 'weekly' as const, hour, weekday })

/** Zones that put their clocks forward and back in all kinds of ways, or never. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Nuuk',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Honolulu',
]
const moment = fc.integer({ min: Date.UTC(2005, 0) / MINUTE, max: Date.UTC(2035, 0) / MINUTE }).map((n) => n * MINUTE)
const zone = fc.constantFrom(...zones)

it('makes one formatter for a zone, however often it looks: making them takes longer than all the rest', () => {
  const made = vi.spyOn(Intl, 'DateTimeFormat')
  for (let day = 1; day < 28; day++) nextDigestAt(new Date(Date.UTC(2026, 1, day)), weekly(8, 1), 'Indian/Chagos')
  expect(made.mock.calls.length).toBeLessThanOrEqual(1)
  made.mockRestore()
})

describe('the next digest', () => {
  it.each([
    ['later the same day', '2026-11-20T06:00:00Z', daily(8), 'Europe/Berlin', '2026-11-20T07:00:00Z'],
    ['the next day, when it is that moment', '2026-11-20T07:00:00Z', daily(8), 'Europe/Berlin', '2026-11-21T07:00:00Z'],
    ['by the day of its reader', '2026-11-20T23:30:00Z', daily(8), 'Pacific/Auckland', '2026-11-21T19:00:00Z'],
    ['on its weekday', '2026-11-20T12:00:00Z', weekly(8, 1), 'UTC', '2026-11-23T08:00:00Z'],
    [
      'on its weekday, that of its reader',
      '2026-11-22T20:00:00Z',
      weekly(8, 1),
      'Pacific/Auckland',
      '2026-11-29T19:00:00Z',
    ],
    ['a week later, when that has passed', '2026-11-23T08:00:00Z', weekly(8, 1), 'UTC', '2026-11-30T08:00:00Z'],
    ['on Sundays', '2026-11-20T12:00:00Z', weekly(0, 7), 'UTC', '2026-11-22T00:00:00Z'],
    [
      'at the same time of day when clocks were put forward',
      '2026-03-28T08:00:00Z',
      daily(8),
      'Europe/Berlin',
      '2026-03-29T06:00:00Z',
    ],
    ['and when they were put back', '2026-10-24T08:00:00Z', daily(8), 'Europe/Berlin', '2026-10-25T07:00:00Z'],
    [
      'an hour later where clocks skip its hour',
      '2026-03-29T00:30:00Z',
      daily(2),
      'Europe/Berlin',
      '2026-03-29T01:00:00Z',
    ],
    [
      'the first time where clocks show its hour twice',
      '2026-10-24T12:00:00Z',
      daily(2),
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
    ],
    ['and not the second time', '2026-10-25T00:00:00Z', daily(2), 'Europe/Berlin', '2026-10-26T01:00:00Z'],
    [
      'at one where there is no midnight',
      '2018-11-03T12:00:00Z',
      daily(0),
      'America/Sao_Paulo',
      '2018-11-04T03:00:00Z',
    ],
    ['a day that a country left out', '2011-12-30T09:00:00Z', daily(8), 'Pacific/Apia', '2011-12-30T18:00:00Z'],
  ] as const)('is %s', (_, after, plan, timeZone, due) => {
    expect(nextDigestAt(new Date(after), plan, timeZone)).toEqual(new Date(due))
  })

  it('is the first moment at which clocks have come to its hour, one a day of the plan', () => {
    const plan = fc.record({
      frequency: fc.constantFrom('daily' as const, 'weekly' as const),
      hour: fc.integer({ min: 0, max: 23 }),
      weekday: fc.integer({ min: 1, max: 7 }),
    })
    fc.assert(
      fc.property(moment, plan, zone, (after, chosen, timeZone) => {
        expect(nextDigestAt(new Date(after), chosen, timeZone).getTime()).toBe(watchClock(after, chosen, timeZone))
      }),
      { seed, numRuns: 300 },
    )
  })

  /** Looks at a clock on the wall every quarter of an hour, which is as often as any is put forward or back. */
  function watchClock(
    after: number,
    { frequency, hour, weekday }: ReturnType<typeof weekly | typeof daily>,
    timeZone: string,
  ) {
    const clock = clockIn(timeZone)
    const quarter = 15 * MINUTE
    let latest = -Infinity
    for (let now = Math.floor(after / quarter) * quarter - DAY; ; now += quarter) {
      const shown = clock(now)
      for (let due = startOfDay(latest === -Infinity ? shown : latest) + hour * HOUR; due <= shown; due += DAY) {
        const isItsDay = frequency === 'daily' || (new Date(due).getUTCDay() || 7) === weekday
        if (due > latest && latest !== -Infinity && isItsDay && now > after) return now
      }
      latest = Math.max(latest, shown)
    }
  }
})

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00' }
  const noon = { from: '12:00', to: '13:30' }

  it.each([
    ['before midnight', '2026-11-20T21:30:00Z', night, 'Europe/Berlin', '2026-11-21T06:00:00Z'],
    ['after midnight', '2026-11-21T02:00:00Z', night, 'Europe/Berlin', '2026-11-21T06:00:00Z'],
    ['from their first minute', '2026-11-20T21:00:00Z', night, 'Europe/Berlin', '2026-11-21T06:00:00Z'],
    ['not before it', '2026-11-20T20:59:59Z', night, 'Europe/Berlin', null],
    ['not at their end', '2026-11-21T06:00:00Z', night, 'Europe/Berlin', null],
    ['elsewhere at another time', '2026-11-20T21:30:00Z', night, 'America/New_York', null],
    ['within a day', '2026-11-20T12:10:00Z', noon, 'UTC', '2026-11-20T13:30:00Z'],
    ['a shorter night', '2026-03-28T22:00:00Z', night, 'Europe/Berlin', '2026-03-29T05:00:00Z'],
    ['a longer night', '2026-10-24T22:00:00Z', night, 'Europe/Berlin', '2026-10-25T06:00:00Z'],
    [
      'to a time that clocks skip',
      '2026-03-29T00:30:00Z',
      { from: '22:00', to: '02:30' },
      'Europe/Berlin',
      '2026-03-29T01:30:00Z',
    ],
    [
      'the first of two hours that look the same',
      '2026-10-25T00:15:00Z',
      { from: '01:00', to: '02:30' },
      'Europe/Berlin',
      '2026-10-25T00:30:00Z',
    ],
    ['and the second', '2026-10-25T01:15:00Z', { from: '01:00', to: '02:30' }, 'Europe/Berlin', '2026-10-25T01:30:00Z'],
  ] as const)('hold %s', (_, now, quiet, timeZone, until) => {
    expect(quietUntil(new Date(now), quiet, timeZone)).toEqual(until && new Date(until))
  })

  it('last until clocks show their end, and no longer', () => {
    const minute = fc.integer({ min: 0, max: 1439 })
    fc.assert(
      fc.property(moment, minute, minute, zone, (now, begin, end, timeZone) => {
        fc.pre(begin !== end)
        const clock = clockIn(timeZone)
        const isQuiet = (at: number) => {
          const since = (clock(at) - startOfDay(clock(at))) / MINUTE
          return begin < end ? since >= begin && since < end : since >= begin || since < end
        }
        const until = quietUntil(new Date(now), { from: timeOfDay(begin), to: timeOfDay(end) }, timeZone)
        expect(until !== null).toBe(isQuiet(now))
        if (until === null) return
        expect(until.getTime()).toBeGreaterThan(now)
        expect(until.getTime() - now).toBeLessThanOrEqual(DAY + HOUR)
        const offset = (at: number) => clock(at) - at
        if (offset(now) !== offset(now + DAY + HOUR)) return
        for (let at = now; at < until.getTime(); at += 7 * MINUTE) expect(isQuiet(at)).toBe(true)
        expect(isQuiet(until.getTime())).toBe(false)
      }),
      { seed, numRuns: 500 },
    )
  })
})

/** Reads a clock in a zone in another way than the code does. */
function clockIn(timeZone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`)
}

function startOfDay(shown: number): number {
  return Math.floor(shown / DAY) * DAY
}

function timeOfDay(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
}
