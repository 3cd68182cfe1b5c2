import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

export interface PasswordReset {
  name: string
  token: string
}

export function passwordReset({ name, token }: PasswordReset, { locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, name, url: `${publicUrl}/reset-password#token=${encodeURIComponent(token)}` })
}

const texts: LetterTexts = {
  en: {
    subject: 'Choose a new password',
    preview: 'The link is good for one hour.',
    heading: 'Choose a new password',
    lead: 'Somebody asked for a new password for your account. The link below is good for one hour and works once.',
    action: 'Choose a new password',
    ignore: 'It was not you? Then ignore this mail: nothing has changed, and your password is as it was.',
    reason: 'You get this mail because somebody asked for a new password for this address.',
  },
  de: {
    subject: 'Wählen Sie ein neues Passwort',
    preview: 'Der Link gilt eine Stunde.',
    heading: 'Wählen Sie ein neues Passwort',
    lead: 'Jemand hat für Ihr Konto ein neues Passwort angefordert. Der folgende Link gilt eine Stunde und wirkt einmal.',
    action: 'Neues Passwort wählen',
    ignore: 'Das waren nicht Sie? Dann ignorieren Sie diese Mail: Nichts wurde geändert, Ihr Passwort ist wie zuvor.',
    reason: 'Sie erhalten diese Mail, weil jemand für diese Adresse ein neues Passwort angefordert hat.',
  },
  fr: {
    subject: 'Choisissez un nouveau mot de passe',
    preview: 'Le lien est valable une heure.',
    heading: 'Choisissez un nouveau mot de passe',
    lead: 'Quelqu’un a demandé un nouveau mot de passe pour votre compte. Le lien ci-dessous est valable une heure et sert une seule fois.',
    action: 'Choisir un mot de passe',
    ignore: 'Ce n’était pas vous ? Ignorez ce message : rien n’a changé, votre mot de passe est resté le même.',
    reason: 'Vous recevez ce message parce que quelqu’un a demandé un nouveau mot de passe pour cette adresse.',
  },
}
