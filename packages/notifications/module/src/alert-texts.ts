import type { AlertAction, Device } from '@lightpress/auth-contract'
import { colonOf, formatDevice, type Locale } from './formats.ts'
import type { Text } from './texts.ts'

// What a person is told about the security of their account, in three languages. Pure: no I/O and no clock.

export interface AlertText {
  /** Subject and heading of the mail, title in the inbox. */
  title: string
  /** What happened. */
  lead: string
  /** What it means if it was somebody else, and what to do then. */
  advice: string
}

/** What stands in the inbox. Whence it was done is on the page that it leads to. */
export function alertNotice({ action, device }: { action: AlertAction; device: Device | null }, locale: Locale): Text {
  const { title, lead } = alertTexts[locale][action]
  const name = device && formatDevice(device)
  return { title, body: name ? `${lead} ${alertLabels[locale].device}${colonOf(locale)} ${name}.` : lead }
}

export const alertLabels: Record<Locale, Record<'at' | 'device' | 'ip', string>> = {
  en: { at: 'When', device: 'Device', ip: 'IP address' },
  de: { at: 'Wann', device: 'Gerät', ip: 'IP-Adresse' },
  fr: { at: 'Quand', device: 'Appareil', ip: 'Adresse IP' },
}

export const alertTexts: Record<Locale, Record<AlertAction, AlertText>> = {
  en: {
    password_changed: {
      title: 'Your password was changed',
      lead: 'The password of your account was changed. All other sessions were ended.',
      advice:
        'If that was you, there is nothing to do. If not, somebody is signed in to your account and knew your password: choose a new one now, which ends every session.',
    },
    password_reset: {
      title: 'Your password was reset',
      lead: 'A new password was set by the link in a mail of ours. Every session was ended.',
      advice:
        'If that was you, there is nothing to do. If not, somebody can read your mail: secure your mailbox first, then choose a new password.',
    },
    email_changed: {
      title: 'Your e-mail address was changed',
      lead: 'Your account has a new e-mail address. The old one does not open it any more.',
      advice:
        'If that was you, there is nothing to do. If not, somebody can read your mail and knew your password: secure your mailbox first. Then, where you are still signed in, end all other sessions.',
    },
    refresh_token_replayed: {
      title: 'We ended a session of yours',
      lead: 'Somebody else had a copy of a session of yours, so we ended it. Where you were signed out, sign in again.',
      advice:
        'The copy may have been taken from a device of yours or a program on it. Choose a new password, which ends every session, and check the devices that you use.',
    },
    signed_in: {
      title: 'New sign-in to your account',
      lead: 'Somebody signed in to your account on a device that we had not seen before.',
      advice:
        'If that was you, there is nothing to do. If not, somebody knows your password: choose a new one now, which ends every session.',
    },
  },
  de: {
    password_changed: {
      title: 'Ihr Passwort wurde geändert',
      lead: 'Das Passwort Ihres Kontos wurde geändert. Alle anderen Sitzungen wurden beendet.',
      advice:
        'Waren Sie das, ist nichts zu tun. Wenn nicht, ist jemand in Ihrem Konto angemeldet und kannte Ihr Passwort: Wählen Sie jetzt ein neues; das beendet alle Sitzungen.',
    },
    password_reset: {
      title: 'Ihr Passwort wurde zurückgesetzt',
      lead: 'Über den Link in einer Mail von uns wurde ein neues Passwort gesetzt. Alle Sitzungen wurden beendet.',
      advice:
        'Waren Sie das, ist nichts zu tun. Wenn nicht, kann jemand Ihre Mails lesen: Sichern Sie zuerst Ihr Postfach und wählen Sie dann ein neues Passwort.',
    },
    email_changed: {
      title: 'Ihre E-Mail-Adresse wurde geändert',
      lead: 'Ihr Konto hat eine neue E‑Mail-Adresse. Die alte öffnet es nicht mehr.',
      advice:
        'Waren Sie das, ist nichts zu tun. Wenn nicht, kann jemand Ihre Mails lesen und kannte Ihr Passwort: Sichern Sie zuerst Ihr Postfach. Beenden Sie dann dort, wo Sie noch angemeldet sind, alle anderen Sitzungen.',
    },
    refresh_token_replayed: {
      title: 'Wir haben eine Ihrer Sitzungen beendet',
      lead: 'Jemand anders hatte eine Kopie einer Ihrer Sitzungen, deshalb haben wir sie beendet. Wo Sie abgemeldet wurden, melden Sie sich einfach wieder an.',
      advice:
        'Die Kopie kann von einem Ihrer Geräte oder einem Programm darauf stammen. Wählen Sie ein neues Passwort, das beendet alle Sitzungen, und prüfen Sie die Geräte, die Sie verwenden.',
    },
    signed_in: {
      title: 'Neue Anmeldung in Ihrem Konto',
      lead: 'Jemand hat sich mit einem Gerät, das wir noch nicht kannten, in Ihrem Konto angemeldet.',
      advice:
        'Waren Sie das, ist nichts zu tun. Wenn nicht, kennt jemand Ihr Passwort: Wählen Sie jetzt ein neues; das beendet alle Sitzungen.',
    },
  },
  fr: {
    password_changed: {
      title: 'Votre mot de passe a été modifié',
      lead: 'Le mot de passe de votre compte a été modifié. Toutes les autres sessions ont été fermées.',
      advice:
        'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un est connecté à votre compte et connaissait votre mot de passe : choisissez-en un nouveau maintenant, ce qui ferme toutes les sessions.',
    },
    password_reset: {
      title: 'Votre mot de passe a été réinitialisé',
      lead: 'Un nouveau mot de passe a été choisi par le lien d’un de nos messages. Toutes les sessions ont été fermées.',
      advice:
        'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un peut lire vos messages : sécurisez d’abord votre messagerie, puis choisissez un nouveau mot de passe.',
    },
    email_changed: {
      title: 'Votre adresse e-mail a été modifiée',
      lead: 'Votre compte a une nouvelle adresse e-mail. L’ancienne ne l’ouvre plus.',
      advice:
        'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un peut lire vos messages et connaissait votre mot de passe : sécurisez d’abord votre messagerie. Puis, là où vous êtes encore connecté, fermez toutes les autres sessions.',
    },
    refresh_token_replayed: {
      title: 'Nous avons fermé une de vos sessions',
      lead: 'Quelqu’un d’autre avait une copie d’une de vos sessions, nous l’avons donc fermée. Là où vous avez été déconnecté, reconnectez-vous.',
      advice:
        'La copie peut provenir d’un de vos appareils ou d’un programme qui s’y trouve. Choisissez un nouveau mot de passe, ce qui ferme toutes les sessions, et vérifiez les appareils que vous utilisez.',
    },
    signed_in: {
      title: 'Nouvelle connexion à votre compte',
      lead: 'Quelqu’un s’est connecté à votre compte avec un appareil que nous ne connaissions pas.',
      advice:
        'Si c’était vous, il n’y a rien à faire. Sinon, quelqu’un connaît votre mot de passe : choisissez-en un nouveau maintenant, ce qui ferme toutes les sessions.',
    },
  },
}
