import type { Device } from '@lightpress/auth-contract'
import { type Money, toDecimal } from '@lightpress/billing-contract/money'
import type { Locale as LocaleSchema } from '@lightpress/users-contract'
import type { z } from 'zod'

export type Locale = z.infer<typeof LocaleSchema>

/** The language of ours that a tag asks for (`de-AT` is `de`); English when we do not have it. */
export function localeOf(tag: string): Locale {
  const language = tag.split('-', 1)[0]?.toLowerCase()
  return language === 'de' || language === 'fr' ? language : 'en'
}

/** `€12.00`, in the one form that pages have too; a symbol that currencies share says whose it is: `CA$12.00`. */
export function formatMoney(money: Money, locale: Locale): string {
  return moneyFormat(locale, money.currency).format(toDecimal(money))
}

/** The day where the person is. */
export function formatDate(date: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  return dateFormat(locale, timeZone).format(date)
}

/** The minute where the person is, and which zone that is: `November 21, 2026 at 12:30 AM GMT+1`. */
export function formatTime(date: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  return timeFormat(locale, timeZone).format(date)
}

// Making a formatter takes far longer than a mail's whole text does, so each is made once.
const moneyFormat = made((locale, currency) => new Intl.NumberFormat(locale, { style: 'currency', currency }))
const dateFormat = made((locale, timeZone) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }))
const timeFormat = made(
  (locale, timeZone) =>
    new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZone,
      timeZoneName: 'short',
    }),
)

/** By language, and currency or zone: as many as there are of those, and no text of a person's. */
export function made<F>(make: (locale: Locale, of: string) => F): (locale: Locale, of: string) => F {
  const known = new Map<string, F>()
  return (locale, of) => {
    const key = `${locale} ${of}`
    const format = known.get(key) ?? make(locale, of)
    known.set(key, format)
    return format
  }
}

/** How something is said of one thing and of several. */
export interface Forms {
  one: (count: string) => string
  other: (count: string) => string
}

/** By the language's own rule: French says none as it says one. */
export function formatCount(count: number, { one, other }: Forms, locale: Locale): string {
  const form = new Intl.PluralRules(locale).select(count) === 'one' ? one : other
  return form(new Intl.NumberFormat(locale).format(count))
}

/** `Firefox, Linux`; null for a device that says neither. */
export function formatDevice({ browser, system }: Pick<Device, 'browser' | 'system'>): string | null {
  return [browser, system].filter((part) => part !== null).join(', ') || null
}

/** French sets a space before a colon. */
export function colonOf(locale: Locale): string {
  return locale === 'fr' ? '\u00a0:' : ':'
}
