import { z } from 'zod'

/** RFC 5321 4.5.3.1.3: a path has 256 octets, its brackets included. */
const ADDRESS_LENGTH = 254

/**
 * An e-mail address as the HTML standard has it, so that `admin@localhost` works in development; a mail proves the
 * rest. Compatibility forms are folded first (Unicode's NFKC, UTS #36) and the domain goes into its ASCII form
 * (UTS #46), so that what is checked is what is stored, compared and written to.
 */
export const EmailAddress = z
  .string()
  .max(ADDRESS_LENGTH)
  .normalize('NFKC')
  .trim()
  .overwrite(withAsciiDomain)
  .max(ADDRESS_LENGTH)
  .pipe(z.email({ pattern: z.regexes.html5Email }))

/** What two spellings of one address have in common: addresses are unique by it. Takes an `EmailAddress`. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/**
 * The name of a person or an organisation, 1 to 100 characters. What does not show or turns the text around is
 * refused: such a name can pass for another one (UTS #39, Trojan Source).
 */
export const DisplayName = z
  .string()
  .normalize('NFC')
  .trim()
  .min(1, { abort: true })
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u, {
    error: 'Leave out control characters.',
    abort: true,
  })
  .refine((name) => !notShown.test(name.replaceAll(showing, '')), {
    error: 'Leave out characters that do not show.',
    abort: true,
  })
  .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'A name has letters.')

/** What takes no room, so that "a" with it passes for "a", and the one space that is a symbol. */
const notShown = /[\p{Default_Ignorable_Code_Point}\u2800]/u

const joining = String.raw`[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}]`
const indic = String.raw`[\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}]`

/**
 * Where such a character changes what is seen, and is how people are called: joiners in scripts whose letters change by
 * them (UAX #31, 2.3), forms of Han and Mongolian letters, and what pictures of emoji are put together with.
 */
const showing = new RegExp(
  [
    String.raw`(?<=${joining}\p{M}*)[\u200C\u200D](?=${joining})`,
    String.raw`(?<=${indic})[\u200C\u200D]`,
    String.raw`(?<=\p{sc=Han})[\u{FE00}-\u{FE02}\u{E0100}-\u{E01EF}]`,
    String.raw`(?<=\p{sc=Mong})[\u180B-\u180F]`,
    String.raw`\p{RGI_Emoji}`,
  ].join('|'),
  'gv',
)

function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || /^[\x21-\x7E]*$/.test(domain)) return address
  const url = `http://${domain}`
  return URL.canParse(url) ? `${address.slice(0, at)}@${new URL(url).hostname}` : address
}
