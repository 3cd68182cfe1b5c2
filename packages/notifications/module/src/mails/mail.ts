import type { Locale } from '../formats.ts'

/**
 * A mail as what it says, top to bottom. Its HTML and its text part are both made from this, so they cannot
 * disagree, and a block holds plain text, so nothing that a person typed can become HTML.
 */
export interface Mail {
  locale: Locale
  subject: string
  /** What mail programs show beside the subject. */
  preview: string
  blocks: readonly Block[]
  /** Why the reader gets it; stands at the foot. */
  reason: string
  /** What follows it there. */
  foot?: readonly { label: string; url: string }[]
}

export type Block =
  | { kind: 'heading' | 'section' | 'paragraph' | 'note'; text: string }
  | ({ kind: 'item' } & Item)
  | { kind: 'button' | 'link'; label: string; url: string }
  | { kind: 'facts'; facts: readonly (readonly [label: string, value: string])[] }

/** One of several things that a mail tells. */
export interface Item {
  title: string
  text: string
  when: string
  url: string
}

export interface MailContext {
  locale: Locale
  publicUrl: string
}

export const heading = (text: string): Block => ({ kind: 'heading', text })
/** A heading of what follows. */
export const section = (text: string): Block => ({ kind: 'section', text })
export const item = (one: Item): Block => ({ kind: 'item', ...one })
export const paragraph = (text: string): Block => ({ kind: 'paragraph', text })
/** Smaller print. */
export const note = (text: string): Block => ({ kind: 'note', text })
export const button = (label: string, url: string): Block => ({ kind: 'button', label, url })
/** The other thing that a reader may want to do, beside the button. */
export const link = (label: string, url: string): Block => ({ kind: 'link', label, url })
export const facts = (...rows: readonly (readonly [label: string, value: string])[]): Block => ({
  kind: 'facts',
  facts: rows,
})
