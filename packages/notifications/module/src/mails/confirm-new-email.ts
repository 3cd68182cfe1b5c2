import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

/** Goes to an address that is not proved to be the person's, so it repeats nothing that they typed. */
export function confirmNewEmail({ token }: { token: string }, { locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, url: `${publicUrl}/confirm-email#token=${encodeURIComponent(token)}` })
}

const texts: LetterTexts = {
  en: {
    subject: 'Confirm your new e-mail address',
    preview: 'An account is to have this address.',
    heading: 'Confirm your new e-mail address',
    lead: 'An account at Lightpress is to have this address. Confirm that it is yours. The change takes effect once both addresses have confirmed it, within 24 hours.',
    action: 'Confirm address',
    ignore: 'It was not you? Then ignore this mail: without the click nothing happens with your address.',
    reason: 'You get this mail because somebody wants to use this address for their account at Lightpress.',
  },
  de: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    preview: 'Ein Konto soll diese Adresse bekommen.',
    heading: 'Bestätigen Sie Ihre neue E‑Mail-Adresse',
    lead: 'Ein Konto bei Lightpress soll diese Adresse bekommen. Bestätigen Sie, dass sie Ihnen gehört. Die Änderung gilt, sobald beide Adressen sie binnen 24 Stunden bestätigt haben.',
    action: 'Adresse bestätigen',
    ignore: 'Das waren nicht Sie? Dann ignorieren Sie diese Mail: Ohne den Klick geschieht mit Ihrer Adresse nichts.',
    reason: 'Sie erhalten diese Mail, weil jemand diese Adresse für ein Konto bei Lightpress verwenden möchte.',
  },
  fr: {
    subject: 'Confirmez votre nouvelle adresse e-mail',
    preview: 'Un compte doit recevoir cette adresse.',
    heading: 'Confirmez votre nouvelle adresse e-mail',
    lead: 'Un compte Lightpress doit recevoir cette adresse. Confirmez qu’elle est la vôtre. Le changement prendra effet quand les deux adresses l’auront confirmé, dans les 24 heures.',
    action: 'Confirmer l’adresse',
    ignore: 'Ce n’était pas vous ? Ignorez ce message : sans ce clic, rien ne se passe avec votre adresse.',
    reason: 'Vous recevez ce message parce que quelqu’un veut utiliser cette adresse pour son compte Lightpress.',
  },
}
