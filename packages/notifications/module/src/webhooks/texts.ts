import type { Locale } from '../formats.ts'
import { nameOrMark } from '../mails/greeting.ts'
import type { Text } from '../texts.ts'

// What stands in the inbox of endpoints that were switched off, in three languages. Pure: no I/O and no clock.

export interface DisabledFacts {
  organizationName: string
  because: 'failing' | 'gone'
}

/** Where it is is not said: in a mail that would be a link to wherever somebody typed. */
export function disabledText({ organizationName, because }: DisabledFacts, locale: Locale): Text {
  return texts[locale][because](organizationName)
}

/** For a mail: a name that mail programs would make a link of is left out, as in a quotation. */
export function withSafeName({ organizationName, because }: DisabledFacts): DisabledFacts {
  return { because, organizationName: nameOrMark(organizationName) }
}

const texts: Record<Locale, Record<DisabledFacts['because'], (organization: string) => Text>> = {
  en: {
    failing: (organization) => ({
      title: `A webhook endpoint of ${organization} is switched off`,
      body: 'It took nothing for three days, so nothing more is sent to it, and what waited was cancelled. Its log says what it answered. Once it is mended, switch it on again and send once more what it missed.',
    }),
    gone: (organization) => ({
      title: `A webhook endpoint of ${organization} is switched off`,
      body: 'It answered that it is gone for good (410), so nothing more is sent to it, and what waited was cancelled. If that was a mistake, switch it on again and send once more what it missed.',
    }),
  },
  de: {
    failing: (organization) => ({
      title: `Ein Webhook-Endpunkt von ${organization} ist abgeschaltet`,
      body: 'Er hat drei Tage lang nichts angenommen. Darum wird nichts mehr an ihn gesendet, und was wartete, wurde verworfen. Sein Protokoll zeigt die Antworten. Ist er wieder in Ordnung, schalten Sie ihn ein und senden Sie erneut, was ihm entgangen ist.',
    }),
    gone: (organization) => ({
      title: `Ein Webhook-Endpunkt von ${organization} ist abgeschaltet`,
      body: 'Er hat geantwortet, dass es ihn nicht mehr gibt (410). Darum wird nichts mehr an ihn gesendet, und was wartete, wurde verworfen. War das ein Versehen, schalten Sie ihn wieder ein und senden Sie erneut, was ihm entgangen ist.',
    }),
  },
  fr: {
    failing: (organization) => ({
      title: `Un point de terminaison webhook de ${organization} est désactivé`,
      body: 'Il n’a rien accepté pendant trois jours\u00a0: plus rien ne lui est envoyé, et ce qui attendait a été annulé. Son journal montre ses réponses. Une fois réparé, réactivez-le et renvoyez ce qu’il a manqué.',
    }),
    gone: (organization) => ({
      title: `Un point de terminaison webhook de ${organization} est désactivé`,
      body: 'Il a répondu qu’il n’existe plus (410)\u00a0: plus rien ne lui est envoyé, et ce qui attendait a été annulé. Si c’était une erreur, réactivez-le et renvoyez ce qu’il a manqué.',
    }),
  },
}
