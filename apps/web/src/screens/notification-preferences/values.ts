import type { notifications, Preferences } from '@lightpress/notifications-contract'
import type { Input } from '@lightpress/protocol'
import type { Category } from '../../account/categories.ts'

type Changes = Input<(typeof notifications)['operations']['updatePreferences']>
type Values = Record<string, string>
export type Choice = Preferences['categories'][number]

// The names of the fields are the paths by which the server refuses: what it says lands where it belongs.
export const fields = {
  channel: (category: Category, channel: 'inbox' | 'email') => `categories.${category}.${channel}`,
  quiet: 'quietHours',
  from: 'quietHours.from',
  to: 'quietHours.to',
  frequency: 'digest.frequency',
  hour: 'digest.hour',
  weekday: 'digest.weekday',
}

export const emailModes = [
  { value: 'off', label: 'Off' },
  { value: 'instant', label: 'At once' },
  { value: 'digest', label: 'Digest' },
] as const

export const frequencies = [
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
] as const

/** For whoever has none yet. */
export const usualNight = { from: '22:00', to: '07:00' }

/** What the form says, in whole; what it does not show stays as it is. */
export function toChanges(values: Values, now: Preferences): Changes {
  return {
    categories: Object.fromEntries(
      now.categories.filter(({ locked }) => !locked).map((choice) => [choice.category, channelsOf(values, choice)]),
    ),
    quietHours: values[fields.quiet] === 'on' ? nightOf(values) : null,
    digest: {
      frequency: frequencies.find(({ value }) => value === values[fields.frequency])?.value ?? now.digest.frequency,
      hour: Number(values[fields.hour] ?? now.digest.hour),
      weekday: Number(values[fields.weekday] ?? now.digest.weekday),
    },
  }
}

/** Quiet hours that begin and end at one time are either none or all. */
export function endRule(value: string, values: Values): string | undefined {
  return value === values[fields.from] ? 'Choose another time than they begin.' : undefined
}

/** Whether they end on the day after they begin. */
export function endsNextDay({ from, to }: { from: string; to: string }): boolean {
  return to !== '' && from > to
}

function channelsOf(values: Values, { category, email }: Choice): Pick<Choice, 'inbox' | 'email'> {
  const byEmail = values[fields.channel(category, 'email')]
  return {
    inbox: values[fields.channel(category, 'inbox')] === 'on' ? 'instant' : 'off',
    email: emailModes.find(({ value }) => value === byEmail)?.value ?? email,
  }
}

function nightOf(values: Values) {
  return { from: values[fields.from] ?? usualNight.from, to: values[fields.to] ?? usualNight.to }
}
