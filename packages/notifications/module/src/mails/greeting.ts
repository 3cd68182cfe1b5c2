import type { Locale } from '../formats.ts'
import { paragraph, type Block } from './mail.ts'

const greetings: Record<Locale, (name: string) => string> = {
  en: (name) => `Hello ${name},`,
  de: (name) => `Guten Tag ${name},`,
  fr: (name) => `Bonjour ${name},`,
}

/** Mail programs make a link of whatever looks like an address, so a name that does is left out. */
const ADDRESS = /[:/@]|\.\p{L}{2}/u

/** A name that somebody else chose, for a reader who may not know them; null for one that would become a link. */
export function nameToShow(name: string | null): string | null {
  return name === null || ADDRESS.test(name) ? null : name
}

/** Only for an address that is proved to be the person's: see `verify-email.ts`. */
export function greeting(name: string, locale: Locale): Block[] {
  return nameToShow(name) === null ? [] : [paragraph(greetings[locale](name))]
}
