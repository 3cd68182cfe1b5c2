import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

export interface MagicLink {
  name: string
  token: string
}

export function magicLink({ name, token }: MagicLink, { locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, name, url: `${publicUrl}/sign-in/link#token=${encodeURIComponent(token)}` })
}

const texts: LetterTexts = {
  en: {
    subject: 'Your link to sign in',
    preview: 'The link is good for ten minutes.',
    heading: 'Sign in',
    lead: 'Open this link in the browser in which you asked for it. It is good for ten minutes and works once.',
    action: 'Sign in',
    ignore:
      'It was not you? Then ignore this mail: in another browser than the one that asked, the link opens nothing.',
    reason: 'You get this mail because somebody asked for a link to sign in with this address.',
  },
  de: {
    subject: 'Ihr Link zur Anmeldung',
    preview: 'Der Link gilt zehn Minuten.',
    heading: 'Anmelden',
    lead: 'Öffnen Sie diesen Link in dem Browser, in dem Sie ihn angefordert haben. Er gilt zehn Minuten und wirkt einmal.',
    action: 'Anmelden',
    ignore:
      'Das waren nicht Sie? Dann ignorieren Sie diese Mail: In einem anderen Browser als dem, der ihn angefordert hat, öffnet der Link nichts.',
    reason: 'Sie erhalten diese Mail, weil jemand mit dieser Adresse einen Link zur Anmeldung angefordert hat.',
  },
  fr: {
    subject: 'Votre lien de connexion',
    preview: 'Le lien est valable dix minutes.',
    heading: 'Se connecter',
    lead: 'Ouvrez ce lien dans le navigateur où vous l’avez demandé. Il est valable dix minutes et sert une seule fois.',
    action: 'Se connecter',
    ignore:
      'Ce n’était pas vous ? Ignorez ce message : dans un autre navigateur que celui qui l’a demandé, le lien n’ouvre rien.',
    reason: 'Vous recevez ce message parce que quelqu’un a demandé un lien de connexion avec cette adresse.',
  },
}
