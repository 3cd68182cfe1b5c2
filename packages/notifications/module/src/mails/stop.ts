import type { Locale } from '../formats.ts'
import type { Switch } from '../preference-rules.ts'
import type { Mail } from './mail.ts'

/** Where a mail can be stopped: what a link at its foot, and the button of a mail program, lead to. */
export interface Stop {
  what: Switch
  token: string
}

/** The same mail with its way out at the foot: no more of these, or choose what comes. */
export function withStop(mail: Mail, { what, token }: Stop, publicUrl: string): Mail {
  const { no, choose } = texts[mail.locale]
  // A fragment, which browsers tell no server.
  const stop = { label: no[what], url: `${publicUrl}/unsubscribe#token=${encodeURIComponent(token)}` }
  return { ...mail, foot: [stop, { label: choose, url: `${publicUrl}/notifications/preferences` }] }
}

/** RFC 8058: the mail program posts to it when its reader presses "unsubscribe", without a word to the reader's browser. */
export function stopHeaders({ token }: Stop, publicUrl: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${publicUrl}/v1/notifications/unsubscribe?token=${encodeURIComponent(token)}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

const texts: Record<Locale, { no: Record<Switch, string>; choose: string }> = {
  en: {
    no: {
      account: 'No more mails about your account',
      billing: 'No more mails about billing',
      product: 'No more mails about the product',
      digest: 'No more digests',
    },
    choose: 'Choose what you hear of',
  },
  de: {
    no: {
      account: 'Keine Mails mehr zum Konto',
      billing: 'Keine Mails mehr zur Abrechnung',
      product: 'Keine Mails mehr zum Produkt',
      digest: 'Keine Zusammenfassungen mehr',
    },
    choose: 'Auswählen, wovon Sie hören',
  },
  fr: {
    no: {
      account: 'Plus d’e-mails sur votre compte',
      billing: 'Plus d’e-mails sur la facturation',
      product: 'Plus d’e-mails sur le produit',
      digest: 'Plus de récapitulatifs',
    },
    choose: 'Choisir ce que vous recevez',
  },
}
