import type { AlertAction, Device } from '@lightpress/auth-contract'
import { alertLabels, alertTexts } from '../alerts/texts.ts'
import { formatDevice, formatTime, type Locale } from '../formats.ts'
import { greeting } from './greeting.ts'
import { button, facts, heading, link, paragraph, type Block, type Mail, type MailContext } from './mail.ts'

export interface SecurityAlert {
  action: AlertAction
  at: string
  device: Device | null
  ip: string | null
  name: string
  /** The reader's, of the IANA database. */
  timeZone: string
}

/** What happened, when and from where, and what to do if it was somebody else. */
export function securityAlert(
  { action, at, device, ip, name, timeZone }: SecurityAlert,
  { locale, publicUrl }: MailContext,
): Mail {
  const { title, lead, advice } = alertTexts[locale][action]
  const label = alertLabels[locale]
  const deviceName = device && formatDevice(device)
  return {
    locale,
    subject: title,
    preview: lead,
    blocks: [
      heading(title),
      ...greeting(name, locale),
      paragraph(lead),
      facts(
        [label.at, formatTime(new Date(at), { locale, timeZone })],
        ...(deviceName === null ? [] : [[label.device, deviceName] as const]),
        ...(ip === null ? [] : [[label.ip, ip] as const]),
      ),
      paragraph(advice),
      ...remedies(action, { locale, publicUrl }),
    ],
    reason: texts[locale].reason,
  }
}

/**
 * After `email_changed` a link for a new password would go to the new address, which may be somebody else's; and what
 * our own people do is no matter of passwords.
 */
function remedies(action: AlertAction, { locale, publicUrl }: MailContext): Block[] {
  const { newPassword, security } = texts[locale]
  if (action === 'email_changed' || action === 'impersonation_started')
    return [button(security, `${publicUrl}/security`)]
  return [button(newPassword, `${publicUrl}/forgot-password`), link(security, `${publicUrl}/security`)]
}

const texts: Record<Locale, Record<'newPassword' | 'security' | 'reason', string>> = {
  en: {
    newPassword: 'Choose a new password',
    security: 'See your sessions and what happened',
    reason: 'You get this mail because it is about the security of your account. It cannot be switched off.',
  },
  de: {
    newPassword: 'Neues Passwort wählen',
    security: 'Sitzungen und Vorgänge ansehen',
    reason: 'Sie erhalten diese Mail, weil sie die Sicherheit Ihres Kontos betrifft. Sie lässt sich nicht abschalten.',
  },
  fr: {
    newPassword: 'Choisir un nouveau mot de passe',
    security: 'Voir vos sessions et l’activité',
    reason: 'Vous recevez ce message parce qu’il concerne la sécurité de votre compte. Il ne peut pas être désactivé.',
  },
}
