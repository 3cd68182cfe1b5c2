import type { Locale } from '../formats.ts'
import { greeting } from './greeting.ts'
import { button, facts, heading, link, note, paragraph, type Mail, type MailContext } from './mail.ts'

export interface OldEmail {
  name: string
  newEmail: string
  token: string
}

/** Whoever asked was signed in and knew the password, so if it was somebody else, a new one is due. */
export function confirmOldEmail({ name, newEmail, token }: OldEmail, { locale, publicUrl }: MailContext): Mail {
  const { subject, preview, reason, ...text } = texts[locale]
  return {
    locale,
    subject,
    preview,
    blocks: [
      heading(text.heading),
      ...greeting(name, locale),
      paragraph(text.lead),
      facts([text.newEmail, newEmail]),
      button(text.action, `${publicUrl}/confirm-email#token=${encodeURIComponent(token)}`),
      note(text.ignore),
      link(text.protect, `${publicUrl}/forgot-password`),
    ],
    reason,
  }
}

type Texts = Record<
  'subject' | 'preview' | 'heading' | 'lead' | 'newEmail' | 'action' | 'ignore' | 'protect' | 'reason',
  string
>

const texts: Record<Locale, Texts> = {
  en: {
    subject: 'Confirm the change of your e-mail address',
    preview: 'It takes effect once both addresses have confirmed it.',
    heading: 'Do you want another e-mail address?',
    lead: 'Somebody asked to change the e-mail address of your account. It takes effect once this address and the new one have both confirmed it, within 24 hours.',
    newEmail: 'New address',
    action: 'Confirm the change',
    ignore:
      'It was not you? Then do not confirm: without it nothing changes. But whoever asked was signed in to your account and knew your password.',
    protect: 'Choose a new password',
    reason: 'You get this mail because somebody asked to change the e-mail address of your account.',
  },
  de: {
    subject: 'Bestätigen Sie die Änderung Ihrer E-Mail-Adresse',
    preview: 'Sie gilt, sobald beide Adressen sie bestätigt haben.',
    heading: 'Möchten Sie eine andere E‑Mail-Adresse?',
    lead: 'Jemand möchte die E‑Mail-Adresse Ihres Kontos ändern. Die Änderung gilt, sobald diese und die neue Adresse sie binnen 24 Stunden bestätigt haben.',
    newEmail: 'Neue Adresse',
    action: 'Änderung bestätigen',
    ignore:
      'Das waren nicht Sie? Dann bestätigen Sie nichts: Ohne Bestätigung ändert sich nichts. Doch wer das wollte, war in Ihrem Konto angemeldet und kannte Ihr Passwort.',
    protect: 'Neues Passwort wählen',
    reason: 'Sie erhalten diese Mail, weil jemand die E‑Mail-Adresse Ihres Kontos ändern möchte.',
  },
  fr: {
    subject: 'Confirmez le changement de votre adresse e-mail',
    preview: 'Il prend effet quand les deux adresses l’ont confirmé.',
    heading: 'Voulez-vous changer d’adresse e-mail ?',
    lead: 'Quelqu’un a demandé à changer l’adresse e-mail de votre compte. Le changement prend effet quand cette adresse et la nouvelle l’ont confirmé, dans les 24 heures.',
    newEmail: 'Nouvelle adresse',
    action: 'Confirmer le changement',
    ignore:
      'Ce n’était pas vous ? Ne confirmez pas : sans cela, rien ne change. Mais la personne qui l’a demandé était connectée à votre compte et connaissait votre mot de passe.',
    protect: 'Choisir un nouveau mot de passe',
    reason: 'Vous recevez ce message parce que quelqu’un a demandé à changer l’adresse e-mail de votre compte.',
  },
}
