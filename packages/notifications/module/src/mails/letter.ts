import type { Locale } from '../formats.ts'
import { greeting } from './greeting.ts'
import { button, heading, note, paragraph, type Mail } from './mail.ts'

export type LetterTexts = Record<
  Locale,
  Record<'subject' | 'preview' | 'heading' | 'lead' | 'action' | 'ignore' | 'reason', string>
>

export interface LetterOptions {
  locale: Locale
  url: string
  /** Of the reader, to greet them. Left out where the address is not proved to be theirs. */
  name?: string
}

/** A mail that asks for one thing: what it is about, the button to do it, and why it may be ignored. */
export function letter(texts: LetterTexts, { locale, url, name }: LetterOptions): Mail {
  const { subject, preview, reason, ...text } = texts[locale]
  return {
    locale,
    subject,
    preview,
    blocks: [
      heading(text.heading),
      ...(name === undefined ? [] : greeting(name, locale)),
      paragraph(text.lead),
      button(text.action, url),
      note(text.ignore),
    ],
    reason,
  }
}
