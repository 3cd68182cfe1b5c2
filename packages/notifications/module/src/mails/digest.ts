import { formatCount, formatTime, type Forms, type Locale } from '../formats.ts'
import { choosable, type Choosable } from '../preference-rules.ts'
import { button, heading, item, note, paragraph, section, type Mail, type MailContext } from './mail.ts'

export interface Digest {
  /** At least one, newest first. */
  items: readonly { category: Choosable; title: string; body: string; link: string | null; createdAt: Date }[]
  /** When its window ended. */
  until: Date
  /** The reader's, of the IANA database. */
  timeZone: string
}

/** A mail that nobody reads to its end helps nobody. */
const MAX_ITEMS = 30

/** What was gathered since the last one, by category. */
export function digestMail({ items, until, timeZone }: Digest, { locale, publicUrl }: MailContext): Mail {
  const { subject, lead, categories, more, action, reason } = texts[locale]
  const listed = items.slice(0, MAX_ITEMS)
  const left = items.length - listed.length
  const inbox = `${publicUrl}/notifications`
  const when = (date: Date) => formatTime(date, { locale, timeZone })
  return {
    locale,
    subject: formatCount(items.length, subject, locale),
    preview: listed.map(({ title }) => title).join(' · '),
    blocks: [
      heading(formatCount(items.length, subject, locale)),
      paragraph(lead(when(until))),
      ...choosable.flatMap((category) => {
        const its = listed.filter((one) => one.category === category)
        if (its.length === 0) return []
        return [
          section(categories[category]),
          ...its.map(({ title, body, link, createdAt }) =>
            item({ title, text: body, when: when(createdAt), url: link === null ? inbox : publicUrl + link }),
          ),
        ]
      }),
      ...(left > 0 ? [note(formatCount(left, more, locale))] : []),
      button(action, inbox),
    ],
    reason,
  }
}

interface Texts extends Record<'action' | 'reason', string> {
  subject: Forms
  lead: (until: string) => string
  categories: Record<Choosable, string>
  more: Forms
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: { one: (count) => `${count} update for you`, other: (count) => `${count} updates for you` },
    lead: (until) => `Here is what came until ${until}.`,
    categories: { account: 'Account', billing: 'Billing', product: 'Product' },
    more: { one: (count) => `and ${count} more`, other: (count) => `and ${count} more` },
    action: 'Open your inbox',
    reason: 'You get this mail because news for you is gathered, so that it does not come one by one.',
  },
  de: {
    subject: { one: (count) => `${count} Neuigkeit für Sie`, other: (count) => `${count} Neuigkeiten für Sie` },
    lead: (until) => `Das kam bis ${until}.`,
    categories: { account: 'Konto', billing: 'Abrechnung', product: 'Produkt' },
    more: { one: (count) => `und ${count} weitere`, other: (count) => `und ${count} weitere` },
    action: 'Posteingang öffnen',
    reason: 'Sie erhalten diese Mail, weil Neuigkeiten für Sie gesammelt werden, damit sie nicht einzeln kommen.',
  },
  fr: {
    subject: { one: (count) => `${count} nouvelle pour vous`, other: (count) => `${count} nouvelles pour vous` },
    lead: (until) => `Voici ce qui est arrivé jusqu’au ${until}.`,
    categories: { account: 'Compte', billing: 'Facturation', product: 'Produit' },
    more: { one: (count) => `et ${count} autre`, other: (count) => `et ${count} autres` },
    action: 'Ouvrir la boîte de réception',
    reason: 'Vous recevez ce message parce que vos nouvelles sont regroupées, pour ne pas vous parvenir une à une.',
  },
}
