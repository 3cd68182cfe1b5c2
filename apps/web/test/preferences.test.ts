import { PreferenceChanges, type Preferences } from '@lightpress/notifications-contract'
import { AppError } from '@lightpress/protocol'
import { describe, expect, it } from 'vitest'
import { dayAndTime, hourOptions, weekdayOptions } from '../src/screens/notification-preferences/times.ts'
import { beginning, endRule, endsNextDay, fields, toChanges } from '../src/screens/notification-preferences/values.ts'
import { isNoLink, wayToPreferences } from '../src/screens/unsubscribe/data.ts'

const now: Preferences = {
  categories: [
    { category: 'security', inbox: 'instant', email: 'instant', locked: true },
    { category: 'account', inbox: 'instant', email: 'off', locked: false },
    { category: 'billing', inbox: 'instant', email: 'instant', locked: false },
    { category: 'product', inbox: 'off', email: 'digest', locked: false },
  ],
  quietHours: null,
  digest: { frequency: 'weekly', hour: 8, weekday: 1 },
  timeZone: 'Europe/Berlin',
  nextDigestAt: null,
  suppressed: null,
}

describe('what is saved', () => {
  /** What the form has when nothing is touched in it. */
  const untouched = {
    [fields.began]: beginning(now),
    [fields.channel('account', 'inbox')]: 'on',
    [fields.channel('account', 'email')]: 'off',
    [fields.channel('billing', 'inbox')]: 'on',
    [fields.channel('billing', 'email')]: 'instant',
    [fields.channel('product', 'email')]: 'digest',
    [fields.frequency]: 'weekly',
    [fields.hour]: '8',
    [fields.weekday]: '1',
  }

  it('is nothing where nothing was changed, whatever became of it elsewhere meanwhile', () => {
    expect(toChanges(untouched)).toEqual({ categories: {} })
    const atNight = { ...now, quietHours: { to: '07:00', from: '22:00' } }
    const held = { [fields.quiet]: 'on', [fields.from]: '22:00', [fields.to]: '07:00' }
    expect(toChanges({ ...untouched, ...held, [fields.began]: beginning(atNight) })).toEqual({ categories: {} })
  })

  it('is each change and no more, and nothing of what is locked', () => {
    const changes = toChanges({
      ...untouched,
      [fields.channel('account', 'email')]: 'digest',
      [fields.channel('product', 'inbox')]: 'on',
      [fields.channel('security', 'email')]: 'off',
      [fields.quiet]: 'on',
      [fields.from]: '23:00',
      [fields.to]: '06:30',
      [fields.hour]: '18',
    })
    expect(changes).toEqual({
      categories: { account: { email: 'digest' }, product: { inbox: 'instant' } },
      quietHours: { from: '23:00', to: '06:30' },
      digest: { frequency: 'weekly', hour: 18, weekday: 1 },
    })
    expect(PreferenceChanges.parse(changes)).toEqual(changes)
  })

  it('is that quiet hours end for good', () => {
    const atNight = { ...now, quietHours: { from: '22:00', to: '07:00' } }
    expect(toChanges({ ...untouched, [fields.began]: beginning(atNight) })).toEqual({
      categories: {},
      quietHours: null,
    })
  })

  it('has fields by the names under which the server refuses', () => {
    expect(pathsOf({ quietHours: { from: '22:00', to: '22:00' } })).toEqual([fields.to])
    const impossible = { digest: { frequency: 'hourly', hour: 24, weekday: 0 } }
    expect(pathsOf(impossible).sort()).toEqual([fields.frequency, fields.hour, fields.weekday].sort())
    const unknown = { categories: { billing: { inbox: 'digest', email: 'never' } } }
    expect(pathsOf(unknown).sort()).toEqual([fields.channel('billing', 'email'), fields.channel('billing', 'inbox')])
  })
})

describe('quiet hours', () => {
  it('end at another time than they begin', () => {
    expect(endRule('22:00', { [fields.from]: '22:00' })).toMatch(/another time/)
    expect(endRule('07:00', { [fields.from]: '22:00' })).toBeUndefined()
  })

  it('end on the next morning where they go over midnight', () => {
    expect(endsNextDay({ from: '22:00', to: '07:00' })).toBe(true)
    expect(endsNextDay({ from: '12:00', to: '14:00' })).toBe(false)
    expect(endsNextDay({ from: '12:00', to: '' })).toBe(false)
  })
})

describe('times', () => {
  it('are written as the person writes them', () => {
    expect(hourOptions('de')[18]).toEqual({ value: '18', label: '18:00' })
    expect(hourOptions('en-US')[18]?.label).toMatch(/^6:00\sPM$/)
    expect(hourOptions('en-US')).toHaveLength(24)
  })

  it('count the days of a week from Monday', () => {
    expect(weekdayOptions('en').map(({ value, label }) => `${value} ${label}`)).toEqual([
      '1 Monday',
      '2 Tuesday',
      '3 Wednesday',
      '4 Thursday',
      '5 Friday',
      '6 Saturday',
      '7 Sunday',
    ])
  })

  it('are those of the person’s zone', () => {
    expect(dayAndTime('2026-11-23T07:00:00.000Z', 'en-GB', 'Europe/Berlin')).toMatch(
      /^Monday,? 23 November 2026 at 08:00$/,
    )
  })
})

describe('a link that stops e-mails', () => {
  it('is none when the server says so, or when it is no token at all', () => {
    const refused = (reason: string) => new AppError('invalid', reason, 'No.')
    expect(isNoLink(refused('notifications.unsubscribe_token_invalid'))).toBe(true)
    expect(isNoLink(refused('request.invalid'))).toBe(true)
    expect(isNoLink(new AppError('unavailable', 'web.unreachable', 'Gone.'))).toBe(false)
    expect(isNoLink(undefined)).toBe(false)
  })

  it('leads to the preferences, through sign-in for whoever is not', () => {
    expect(wayToPreferences(true)).toBe('/notifications/preferences')
    expect(wayToPreferences(false)).toBe('/sign-in?next=%2Fnotifications%2Fpreferences')
  })
})

function pathsOf(changes: unknown): string[] {
  return (PreferenceChanges.safeParse(changes).error?.issues ?? []).map(({ path }) => path.join('.'))
}
