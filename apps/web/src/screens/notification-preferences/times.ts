export interface Option {
  value: string
  label: string
}

/** The hours of a day as the person writes them: "08:00", "8:00 AM". */
export function hourOptions(locale: string): Option[] {
  const format = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' })
  return Array.from({ length: 24 }, (_, hour) => ({
    value: String(hour),
    label: format.format(new Date(Date.UTC(2026, 0, 1, hour))),
  }))
}

/** ISO 8601: 1 is Monday. */
export function weekdayOptions(locale: string): Option[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const sunday = 4
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    value: String(weekday),
    label: format.format(new Date(Date.UTC(2026, 0, sunday + weekday))),
  }))
}

/** With the weekday, by which people know when that is. */
export function dayAndTime(at: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(new Date(at))
}
