import type { DigestPlan, notifications, Preferences } from '@lightpress/notifications-contract'
import type { Input } from '@lightpress/protocol'
import type { Category } from '../../account/categories.ts'

type Changes = Input<(typeof notifications)['operations']['updatePreferences']>
type Values = Record<string, string>
export type Choice = Preferences['categories'][number]

// The names of the fields are the paths by which the server refuses: what it says lands where it belongs.
export const fields = {
  /** Not seen: what the others began with. */
  began: 'began',
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

type Began = Pick<Preferences, 'categories' | 'quietHours' | 'digest'>

/** What the form begins with, as it is kept with what is typed. */
export function beginning({ categories, quietHours, digest }: Preferences): string {
  return JSON.stringify({ categories, quietHours, digest } satisfies Began)
}

/** What was changed since the form began, and no more: the rest may have changed elsewhere, by a link in a mail. */
export function toChanges(values: Values): Changes {
  const began = JSON.parse(values[fields.began] ?? '') as Began
  const quietHours = values[fields.quiet] === 'on' ? nightOf(values) : null
  const digest = digestOf(values, began.digest)
  return {
    categories: Object.fromEntries(
      began.categories
        .filter(({ locked }) => !locked)
        .map((choice) => [choice.category, changesOf(values, choice)] as const)
        .filter(([, changes]) => Object.keys(changes).length > 0),
    ),
    ...(!isSame(quietHours, began.quietHours) && { quietHours }),
    ...(!isSame(digest, began.digest) && { digest }),
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

function changesOf(values: Values, began: Choice): Partial<Pick<Choice, 'inbox' | 'email'>> {
  const byEmail = values[fields.channel(began.category, 'email')]
  const inbox = values[fields.channel(began.category, 'inbox')] === 'on' ? 'instant' : 'off'
  const email = emailModes.find(({ value }) => value === byEmail)?.value ?? began.email
  return { ...(inbox !== began.inbox && { inbox }), ...(email !== began.email && { email }) }
}

function digestOf(values: Values, began: DigestPlan): DigestPlan {
  return {
    frequency: frequencies.find(({ value }) => value === values[fields.frequency])?.value ?? began.frequency,
    hour: Number(values[fields.hour] ?? began.hour),
    weekday: Number(values[fields.weekday] ?? began.weekday),
  }
}

function nightOf(values: Values) {
  return { from: values[fields.from] ?? usualNight.from, to: values[fields.to] ?? usualNight.to }
}

/** Of times and numbers, in whatever order they are written down. */
function isSame<T extends object>(a: T | null, b: T | null): boolean {
  const sorted = (one: T | null) => one && Object.entries(one).sort()
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}
