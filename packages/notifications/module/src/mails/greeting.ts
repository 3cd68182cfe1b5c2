import type { Locale } from '../formats.ts'
import { paragraph, type Block } from './mail.ts'

const greetings: Record<Locale, (name: string) => string> = {
  en: (name) => `Hello ${name},`,
  de: (name) => `Guten Tag ${name},`,
  fr: (name) => `Bonjour ${name},`,
}

/** Mail programs make a link of whatever looks like an address, and phones of whatever could be called. */
const ADDRESS = /[:/\\@]|[.。](?:[\p{L}\p{N}-]{2}|\p{N})|\p{N}(?:[^\p{L}\p{N}]*\p{N}){6}/u

/**
 * A name that somebody else chose, for a reader who may not know them; null for one that would become a link. It is read
 * as a domain is (UTS #46): another form of a letter or a dot is that letter or dot, and what does not show is not there.
 */
export function nameToShow(name: string | null): string | null {
  return name === null || ADDRESS.test(asRead(name)) ? null : name
}

/** The same where a sentence cannot do without: one that is left out is marked so, as in a quotation. */
export function nameOrMark(name: string): string {
  return nameToShow(name) ?? '[…]'
}

function asRead(name: string): string {
  return name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFKC')
}

/** Only for an address that is proved to be the person's: see `verify-email.ts`. */
export function greeting(name: string, locale: Locale): Block[] {
  return nameToShow(name) === null ? [] : [paragraph(greetings[locale](name))]
}
