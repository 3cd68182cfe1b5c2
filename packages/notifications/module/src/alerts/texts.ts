import type { AlertAction, Device } from '@lightpress/auth-contract'
import { colonOf, formatDevice, type Locale } from '../formats.ts'
import type { Text } from '../texts.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

// What a person is told about the security of their account, in three languages. Pure: no I/O and no clock.

export interface AlertText {
  /** Subject and heading of the mail, title in the inbox. */
  title: string
  /** What happened. */
  lead: string
  /** What it means if it was somebody else, and what to do then. */
  advice: string
}

export type AlertTexts = Record<AlertAction, AlertText>

export const alertTexts: Record<Locale, AlertTexts> = { en, de, fr }

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
