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
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency })
  return format.format(toDecimal(money))
}

/** The day where the person is. */
export function formatDate(date: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(date)
}

/** The minute where the person is, and which zone that is: `November 21, 2026 at 12:30 AM GMT+1`. */
export function formatTime(date: Date, { locale, timeZone }: { locale: Locale; timeZone: string }): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(date)
}

/** `Firefox, Linux`; null for a device that says neither. */
export function formatDevice({ browser, system }: Pick<Device, 'browser' | 'system'>): string | null {
  return [browser, system].filter((part) => part !== null).join(', ') || null
}

/** French sets a space before a colon. */
export function colonOf(locale: Locale): string {
  return locale === 'fr' ? '\u00a0:' : ':'
}
