import type { ErasureItem } from '@lightpress/users-contract'
import { formatTime, type Locale } from '../formats.ts'
import { greeting, nameToShow } from './greeting.ts'
import { facts, heading, note, paragraph, type Mail, type MailContext } from './mail.ts'

export interface ErasureReceipt {
  name: string
  /** The reader's, of the IANA database. */
  timeZone: string
  /** What was erased: everything about the reader, or an organisation. */
  subject: 'person' | 'organization'
  organizationName: string | null
  /** ISO 8601. */
  finishedAt: string
  items: readonly ErasureItem[]
}

/** What went, what stays and why. The last that the reader hears of it, so it says all. */
export function erasureReceipt(receipt: ErasureReceipt, { locale }: MailContext): Mail {
  const { person, organization, ...text } = texts[locale]
  const { name, timeZone, finishedAt, items } = receipt
  const { subject, lead } =
    receipt.subject === 'person' ? person : organization(nameToShow(receipt.organizationName) ?? text.nameless)
  const kept = items.filter(({ outcome }) => outcome === 'kept')
  const gone = items.filter(({ outcome }) => outcome !== 'kept')
  return {
    locale,
    subject,
    preview: lead,
    blocks: [
      heading(subject),
      ...greeting(name, locale),
      paragraph(lead),
      facts(
        [text.at, formatTime(new Date(finishedAt), { locale, timeZone })],
        ...gone.map((item) => [item.name, text.outcomes[item.outcome](item.count)] as const),
      ),
      ...(kept.length === 0
        ? []
        : [
            paragraph(text.stays),
            facts(...kept.map(({ name, count, because }) => [name, `${count}. ${because ?? ''}`] as const)),
          ]),
      note(text.last),
    ],
    reason: text.reason,
  }
}

interface Texts extends Record<'at' | 'stays' | 'last' | 'reason' | 'nameless', string> {
  person: { subject: string; lead: string }
  organization: (name: string) => { subject: string; lead: string }
  outcomes: Record<ErasureItem['outcome'], (count: number) => string>
}

// What each thing is called is said by the module that held it, in English; it stands in the operators' log alike.
const texts: Record<Locale, Texts> = {
  en: {
    person: {
      subject: 'Your account was deleted',
      lead: 'We have deleted what we held about you. This is the receipt: what went, and what stays.',
    },
    organization: (name) => ({
      subject: `${name} was deleted`,
      lead: `We have deleted what we held about ${name}. This is the receipt: what went, and what stays.`,
    }),
    nameless: 'Your organisation',
    at: 'Finished',
    outcomes: {
      deleted: (count) => `${count} deleted`,
      emptied: (count) => `${count} made anonymous`,
      cancelled: (count) => `${count} cancelled`,
      kept: (count) => `${count} kept`,
    },
    stays: 'This stays, with no more in it than numbers that mean nobody:',
    last: 'We keep your address for one day, to send you this mail. Keep it: we cannot send it again.',
    reason: 'You get this mail because you asked us to delete this.',
  },
  de: {
    person: {
      subject: 'Ihr Konto wurde gelöscht',
      lead: 'Wir haben gelöscht, was wir über Sie gespeichert hatten. Dies ist der Beleg: was fort ist und was bleibt.',
    },
    organization: (name) => ({
      subject: `${name} wurde gelöscht`,
      lead: `Wir haben gelöscht, was wir über ${name} gespeichert hatten. Dies ist der Beleg: was fort ist und was bleibt.`,
    }),
    nameless: 'Ihre Organisation',
    at: 'Abgeschlossen',
    outcomes: {
      deleted: (count) => `${count} gelöscht`,
      emptied: (count) => `${count} anonymisiert`,
      cancelled: (count) => `${count} gekündigt`,
      kept: (count) => `${count} behalten`,
    },
    stays: 'Dies bleibt, mit nichts darin als Nummern, hinter denen niemand mehr steht:',
    last: 'Ihre Adresse behalten wir einen Tag lang, um Ihnen diese Mail zu senden. Bewahren Sie sie auf: Wir können sie nicht noch einmal senden.',
    reason: 'Sie erhalten diese Mail, weil Sie um diese Löschung gebeten haben.',
  },
  fr: {
    person: {
      subject: 'Votre compte a été supprimé',
      lead: 'Nous avons supprimé ce que nous conservions à votre sujet. Voici le reçu : ce qui a disparu et ce qui reste.',
    },
    organization: (name) => ({
      subject: `${name} a été supprimé`,
      lead: `Nous avons supprimé ce que nous conservions au sujet de ${name}. Voici le reçu : ce qui a disparu et ce qui reste.`,
    }),
    nameless: 'Votre organisation',
    at: 'Terminé',
    outcomes: {
      deleted: (count) => `${count} supprimés`,
      emptied: (count) => `${count} anonymisés`,
      cancelled: (count) => `${count} résiliés`,
      kept: (count) => `${count} conservés`,
    },
    stays: 'Ceci reste, sans rien d’autre que des numéros qui ne désignent plus personne :',
    last: 'Nous gardons votre adresse un jour, pour vous envoyer ce message. Conservez-le : nous ne pourrons pas le renvoyer.',
    reason: 'Vous recevez ce message parce que vous avez demandé cette suppression.',
  },
}
