import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

/**
 * Goes to an address that is not proved to be the person's. So it repeats nothing that was typed at sign-up: a
 * "name" with an invitation to a stranger's site would make us its sender.
 */
export function verifyEmail({ token }: { token: string }, { locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, url: `${publicUrl}/verify#token=${encodeURIComponent(token)}` })
}

const texts: LetterTexts = {
  en: {
    subject: 'Confirm your e-mail address',
    preview: 'One click, and your Lightpress account is ready.',
    heading: 'Confirm your e-mail address',
    lead: 'Thank you for signing up. Confirm that this address is yours, and your account is ready.',
    action: 'Confirm address',
    ignore: 'You did not sign up? Then ignore this mail: without the click there is no account.',
    reason: 'You get this mail because somebody signed up for Lightpress with this address.',
  },
  de: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    preview: 'Ein Klick, und Ihr Konto bei Lightpress ist bereit.',
    heading: 'Bestätigen Sie Ihre E‑Mail-Adresse',
    lead: 'Danke für Ihre Anmeldung. Bestätigen Sie, dass diese Adresse Ihnen gehört, und Ihr Konto ist bereit.',
    action: 'Adresse bestätigen',
    ignore:
      'Sie haben sich nicht angemeldet? Dann können Sie diese Mail ignorieren: Ohne den Klick entsteht kein Konto.',
    reason: 'Sie erhalten diese Mail, weil sich jemand mit dieser Adresse bei Lightpress angemeldet hat.',
  },
  fr: {
    subject: 'Confirmez votre adresse e-mail',
    preview: 'Un clic, et votre compte Lightpress est prêt.',
    heading: 'Confirmez votre adresse e-mail',
    lead: 'Merci de votre inscription. Confirmez que cette adresse est la vôtre, et votre compte sera prêt.',
    action: 'Confirmer l’adresse',
    ignore: 'Vous ne vous êtes pas inscrit ? Ignorez ce message : sans ce clic, aucun compte n’est créé.',
    reason: 'Vous recevez ce message parce que quelqu’un s’est inscrit à Lightpress avec cette adresse.',
  },
}
