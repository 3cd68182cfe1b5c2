import { createSignal } from 'solid-js'

interface Formats {
  locale: string
  timeZone: string
}

const own: Formats = {
  locale: navigator.language,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
}

const [formats, setFormats] = createSignal<Formats>(own)

/** How numbers and times are written: the browser's way until the person's profile says otherwise. */
export { formats }

/** A profile says `en`; the browser knows which kind of English, and so how its owner writes a date. */
export function useFormatsOf({ locale, timeZone }: Formats) {
  setFormats({ locale: own.locale.split('-')[0] === locale ? own.locale : locale, timeZone })
}

export function useFormatsOfBrowser() {
  setFormats(own)
}
