import { z } from 'zod'

export const Role = z.enum(['member', 'admin', 'owner'])
export const Locale = z.enum(['en', 'de', 'fr'])
export const TimeZone = z.string().max(64).refine(isTimeZone, 'Not a time zone of the IANA database.')
export const Theme = z.enum(['system', 'light', 'dark'])

/** A moment that a log can be asked about: ISO 8601 has a year 0, PostgreSQL has none. */
export const Moment = z.iso.datetime().refine((at) => !at.startsWith('0000-'), 'There is no year 0.')

/** What somebody types who looks for a person or an organisation: part of a name, an address, an id. Names are NFC, too. */
export const SearchText = z.string().normalize('NFC').trim().min(1).max(100)

/** Where an image is: a path of this origin, or an address of the content delivery network. It never changes what it shows. */
export const ImageUrl = z.string().nullable()

/** The ways in which a picture is sent. */
export const pictureTypes = ['multipart/form-data', 'image/*', 'application/octet-stream', 'application/json']

/**
 * By the runtime's own database, and not by `Intl.supportedValuesOf`: that lists one name of each zone, and browsers
 * differ in which (Europe/Kyiv or Europe/Kiev). Intl takes offsets, too (+05:30), which are no zone and know no summer.
 */
function isTimeZone(value: string): boolean {
  try {
    return /^[a-z]/i.test(new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone)
  } catch {
    return false
  }
}
