import type { Locale } from '../formats.ts'
import { nameToShow } from './greeting.ts'
import { letter, type LetterTexts } from './letter.ts'
import type { Mail, MailContext } from './mail.ts'

export interface ExportReady {
  name: string
  /** Whose data it is; null for the reader's own. */
  organizationName: string | null
}

/** It links to the page and not to the archive: whoever fetches that is signed in. */
export function exportReady({ name, organizationName }: ExportReady, { locale, publicUrl }: MailContext): Mail {
  if (organizationName === null) return letter(texts, { locale, name, url: `${publicUrl}/profile` })
  const { lead, ...text } = texts[locale]
  const where = { ...text, lead: `${lead} ${whose[locale](nameToShow(organizationName))}`.trim() }
  return letter({ ...texts, [locale]: where }, { locale, name, url: `${publicUrl}/organization` })
}

/** The page is that of whichever organisation the reader acts in, so it says which. */
const whose: Record<Locale, (organization: string | null) => string> = {
  en: (name) => (name === null ? '' : `It is with the settings of ${name}.`),
  de: (name) => (name === null ? '' : `Es liegt bei den Einstellungen von ${name}.`),
  fr: (name) => (name === null ? '' : `Elle se trouve dans les réglages de ${name}.`),
}

const texts: LetterTexts = {
  en: {
    subject: 'Your export is ready',
    preview: 'It can be downloaded for seven days.',
    heading: 'Your export is ready',
    lead: 'The archive that you asked for can be downloaded for seven days. Sign in to get it.',
    action: 'Download the archive',
    ignore:
      'You did not ask for it? Then somebody else has used your account: end all sessions and choose a new password.',
    reason: 'You get this mail because it is about your data. It cannot be switched off.',
  },
  de: {
    subject: 'Ihr Export ist bereit',
    preview: 'Er kann sieben Tage lang heruntergeladen werden.',
    heading: 'Ihr Export ist bereit',
    lead: 'Das Archiv, das Sie angefordert haben, kann sieben Tage lang heruntergeladen werden. Melden Sie sich dazu an.',
    action: 'Archiv herunterladen',
    ignore:
      'Sie haben es nicht angefordert? Dann hat jemand Ihr Konto benutzt: Beenden Sie alle Sitzungen und wählen Sie ein neues Passwort.',
    reason: 'Sie erhalten diese Mail, weil sie Ihre Daten betrifft. Sie lässt sich nicht abschalten.',
  },
  fr: {
    subject: 'Votre export est prêt',
    preview: 'Il peut être téléchargé pendant sept jours.',
    heading: 'Votre export est prêt',
    lead: 'L’archive que vous avez demandée peut être téléchargée pendant sept jours. Connectez-vous pour l’obtenir.',
    action: 'Télécharger l’archive',
    ignore:
      'Vous ne l’avez pas demandée ? Quelqu’un d’autre a utilisé votre compte : fermez toutes les sessions et choisissez un nouveau mot de passe.',
    reason: 'Vous recevez ce message parce qu’il concerne vos données. Il ne peut pas être désactivé.',
  },
}
