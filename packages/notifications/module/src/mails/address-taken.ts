import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

/** To the owner of an address that another account is to have: the page says nothing of them, the mail tells. */
export function addressTaken({ locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, url: `${publicUrl}/sign-in` })
}

const texts: LetterTexts = {
  en: {
    subject: 'This address already has an account',
    preview: 'Another account cannot have it; nothing was changed.',
    heading: 'This address already has an account',
    lead: 'Somebody wanted to use this address for another account at Lightpress. It has one already, so nothing was changed. If that was you, sign in with this address.',
    action: 'Sign in',
    ignore: 'It was not you? Then there is nothing to do: your account and your password are as they were.',
    reason: 'You get this mail because somebody wanted to use this address for another account at Lightpress.',
  },
  de: {
    subject: 'Diese Adresse hat bereits ein Konto',
    preview: 'Ein anderes Konto kann sie nicht bekommen; nichts wurde geändert.',
    heading: 'Diese Adresse hat bereits ein Konto',
    lead: 'Jemand wollte diese Adresse für ein anderes Konto bei Lightpress verwenden. Sie hat schon eines, deshalb wurde nichts geändert. Waren Sie das, melden Sie sich mit dieser Adresse an.',
    action: 'Anmelden',
    ignore: 'Das waren nicht Sie? Dann ist nichts zu tun: Ihr Konto und Ihr Passwort sind unverändert.',
    reason: 'Sie erhalten diese Mail, weil jemand diese Adresse für ein anderes Konto bei Lightpress verwenden wollte.',
  },
  fr: {
    subject: 'Cette adresse a déjà un compte',
    preview: 'Un autre compte ne peut pas la recevoir ; rien n’a changé.',
    heading: 'Cette adresse a déjà un compte',
    lead: 'Quelqu’un voulait utiliser cette adresse pour un autre compte Lightpress. Elle en a déjà un : rien n’a changé. Si c’était vous, connectez-vous avec cette adresse.',
    action: 'Se connecter',
    ignore: 'Ce n’était pas vous ? Il n’y a rien à faire : votre compte et votre mot de passe sont inchangés.',
    reason:
      'Vous recevez ce message parce que quelqu’un voulait utiliser cette adresse pour un autre compte Lightpress.',
  },
}
