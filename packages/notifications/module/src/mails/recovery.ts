import { formatTime, type Locale } from '../formats.ts'
import { greeting } from './greeting.ts'
import { button, facts, heading, link, note, paragraph, type Mail, type MailContext } from './mail.ts'

export interface RecoveryNotice {
  name: string
  /** The reader's, of the IANA database. */
  timeZone: string
  /** ISO 8601. */
  availableAt: string
  expiresAt: string
  cancelToken: string
}

/** Somebody says that all second factors are lost: how to stop it, and how it goes on if it was the reader. */
export function recoveryRequested(notice: RecoveryNotice, { locale, publicUrl }: MailContext): Mail {
  const { subject, lead, ours, stop, reason } = texts[locale]
  const { at } = labels[locale]
  const { name, availableAt } = notice
  return {
    locale,
    subject,
    preview: lead,
    blocks: [
      heading(subject),
      ...greeting(name, locale),
      paragraph(lead),
      facts([at, timeOf(availableAt, notice, locale)]),
      button(stop, cancelUrl(notice, publicUrl)),
      note(ours),
    ],
    reason,
  }
}

/** The wait is over. */
export function recoveryDue(
  { completeToken, ...notice }: RecoveryNotice & { completeToken: string },
  { locale, publicUrl }: MailContext,
): Mail {
  const { stop, reason, due } = texts[locale]
  const { until } = labels[locale]
  const { name, expiresAt } = notice
  return {
    locale,
    subject: due.subject,
    preview: due.lead,
    blocks: [
      heading(due.subject),
      ...greeting(name, locale),
      paragraph(due.lead),
      facts([until, timeOf(expiresAt, notice, locale)]),
      button(due.action, `${publicUrl}/recover#token=${encodeURIComponent(completeToken)}`),
      link(stop, cancelUrl(notice, publicUrl)),
      note(due.stranger),
    ],
    reason,
  }
}

function cancelUrl({ cancelToken }: RecoveryNotice, publicUrl: string): string {
  return `${publicUrl}/recover/cancel#token=${encodeURIComponent(cancelToken)}`
}

function timeOf(time: string, { timeZone }: RecoveryNotice, locale: Locale): string {
  return formatTime(new Date(time), { locale, timeZone })
}

const labels: Record<Locale, Record<'at' | 'until', string>> = {
  en: { at: 'Not before', until: 'Until' },
  de: { at: 'Frühestens', until: 'Bis' },
  fr: { at: 'Au plus tôt', until: 'Jusqu’au' },
}

type Texts = Record<'subject' | 'lead' | 'ours' | 'stop' | 'reason', string> & {
  due: Record<'subject' | 'lead' | 'action' | 'stranger', string>
}

const texts: Record<Locale, Texts> = {
  en: {
    subject: 'Somebody says they lost your second factors',
    lead: 'Somebody who could prove your first factor asks to take authenticator app, passkeys and recovery codes off your account. We wait three days, so that you can stop it.',
    stop: 'It was not me: stop it',
    ours: 'It was you? Then there is nothing to do now: after the wait we send you a link to go on with. Should you find your phone or your codes meanwhile, sign in with them; that ends the wait, too.',
    reason: 'You get this mail because it is about the security of your account. It cannot be switched off.',
    due: {
      subject: 'You can remove your second factors now',
      lead: 'The three days are over, and nobody stopped it. Open the link and sign in once more; then your second factors are taken off your account and every session ends.',
      action: 'Go on',
      stranger: 'It was not you? Then stop it, and choose a new password: somebody knows yours.',
    },
  },
  de: {
    subject: 'Jemand meldet Ihre zweiten Faktoren als verloren',
    lead: 'Jemand, der Ihren ersten Faktor nachweisen konnte, möchte Authenticator-App, Passkeys und Wiederherstellungscodes von Ihrem Konto entfernen. Wir warten drei Tage, damit Sie es verhindern können.',
    stop: 'Das war ich nicht: verhindern',
    ours: 'Waren Sie es? Dann ist jetzt nichts zu tun: Nach der Wartezeit schicken wir Ihnen einen Link, mit dem es weitergeht. Finden Sie Ihr Telefon oder Ihre Codes inzwischen wieder, melden Sie sich damit an; auch das beendet die Wartezeit.',
    reason: 'Sie erhalten diese Mail, weil sie die Sicherheit Ihres Kontos betrifft. Sie lässt sich nicht abschalten.',
    due: {
      subject: 'Sie können Ihre zweiten Faktoren jetzt entfernen',
      lead: 'Die drei Tage sind um, und niemand hat es verhindert. Öffnen Sie den Link und melden Sie sich noch einmal an; dann werden Ihre zweiten Faktoren entfernt und alle Sitzungen beendet.',
      action: 'Weiter',
      stranger: 'Waren Sie es nicht? Dann verhindern Sie es und wählen Sie ein neues Passwort: Jemand kennt Ihres.',
    },
  },
  fr: {
    subject: 'Quelqu’un déclare vos seconds facteurs perdus',
    lead: 'Quelqu’un qui a pu prouver votre premier facteur demande à retirer de votre compte l’application d’authentification, les clés d’accès et les codes de secours. Nous attendons trois jours pour que vous puissiez l’empêcher.',
    stop: 'Ce n’était pas moi : arrêter',
    ours: 'C’était vous ? Alors il n’y a rien à faire pour l’instant : après l’attente, nous vous enverrons un lien pour continuer. Si vous retrouvez entre-temps votre téléphone ou vos codes, connectez-vous avec eux ; cela met aussi fin à l’attente.',
    reason: 'Vous recevez ce message parce qu’il concerne la sécurité de votre compte. Il ne peut pas être désactivé.',
    due: {
      subject: 'Vous pouvez maintenant retirer vos seconds facteurs',
      lead: 'Les trois jours sont écoulés et personne ne l’a empêché. Ouvrez le lien et connectez-vous encore une fois ; vos seconds facteurs seront alors retirés et toutes les sessions fermées.',
      action: 'Continuer',
      stranger:
        'Ce n’était pas vous ? Alors arrêtez-le et choisissez un nouveau mot de passe : quelqu’un connaît le vôtre.',
    },
  },
}
