import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

/** The answer to a sign-up with an address that has an account: the page says the same to both, the mail tells. */
export function alreadyRegistered({ locale, publicUrl }: MailContext): Mail {
  return letter(texts, { locale, url: `${publicUrl}/sign-in` })
}

const texts: LetterTexts = {
  en: {
    subject: 'You already have an account',
    preview: 'Sign in to Lightpress with this address.',
    heading: 'You already have an account',
    lead: 'Somebody just tried to sign up with this address. It has an account already, so you only need to sign in.',
    action: 'Sign in',
    ignore: 'It was not you? Then there is nothing to do: your account and your password are as they were.',
    reason: 'You get this mail because somebody signed up for Lightpress with this address.',
  },
  de: {
    subject: 'Sie haben bereits ein Konto',
    preview: 'Melden Sie sich mit dieser Adresse bei Lightpress an.',
    heading: 'Sie haben bereits ein Konto',
    lead: 'Eben wollte sich jemand mit dieser Adresse registrieren. Dafür gibt es schon ein Konto; es genügt, sich anzumelden.',
    action: 'Anmelden',
    ignore: 'Das waren nicht Sie? Dann ist nichts zu tun: Ihr Konto und Ihr Passwort sind unverändert.',
    reason: 'Sie erhalten diese Mail, weil sich jemand mit dieser Adresse bei Lightpress registrieren wollte.',
  },
  fr: {
    subject: 'Vous avez déjà un compte',
    preview: 'Connectez-vous à Lightpress avec cette adresse.',
    heading: 'Vous avez déjà un compte',
    lead: 'Quelqu’un vient de vouloir s’inscrire avec cette adresse. Elle a déjà un compte : il suffit de vous connecter.',
    action: 'Se connecter',
    ignore: 'Ce n’était pas vous ? Il n’y a rien à faire : votre compte et votre mot de passe sont inchangés.',
    reason: 'Vous recevez ce message parce que quelqu’un a voulu s’inscrire à Lightpress avec cette adresse.',
  },
}
