import { colonOf } from '../formats.ts'
import { blocks as markup, foot, head } from './layout.ts'
import type { Block, Mail } from './mail.ts'

export interface RenderedMail {
  subject: string
  html: string
  text: string
}

/** Follows the preview line, so that mail programs do not show the body's first words after it. */
const PADDING = '\u034f\u200c\u00a0'.repeat(60)

export function renderMail(mail: Mail, publicUrl: string): RenderedMail {
  return { subject: oneLine(mail.subject), html: renderHtml(mail, publicUrl), text: renderText(mail, publicUrl) }
}

function renderHtml(mail: Mail, publicUrl: string): string {
  const { locale, subject, preview, blocks, reason, foot: links = [] } = mail
  return [
    fill(head, { locale, subject: oneLine(subject), preview, padding: PADDING }),
    ...blocks.map(blockToHtml),
    fill(foot.start, { reason, home: publicUrl, host: new URL(publicUrl).host }),
    ...links.map((link) => fill(foot.link, link)),
    foot.end,
  ].join('')
}

function blockToHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'section':
    case 'paragraph':
    case 'note':
      return fill(markup[block.kind], { text: block.text })
    case 'item': {
      const { title, text, when, url } = block
      return fill(markup.item, { title, text, when, url })
    }
    case 'button':
    case 'link':
      return fill(markup[block.kind], { label: block.label, url: block.url })
    case 'facts':
      return block.facts.map(([label, value]) => fill(markup.fact, { label, value })).join('') + markup.gap
  }
}

function renderText({ locale, blocks, reason, foot: links = [] }: Mail, publicUrl: string): string {
  const colon = colonOf(locale)
  const written = links.map(({ label, url }) => `${label}${colon} ${url}`)
  const end = ['-- ', oneLine(reason), `Lightpress · ${publicUrl}`, ...written].join('\n')
  return [...blocks.map((block) => blockToText(block, colon)), end].join('\n\n') + '\n'
}

function blockToText(block: Block, colon: string): string {
  switch (block.kind) {
    case 'heading':
    case 'section':
    case 'paragraph':
    case 'note':
      return oneLine(block.text)
    case 'item':
      return [oneLine(block.title), oneLine(block.text), `${block.when} · ${block.url}`].join('\n')
    case 'button':
    case 'link':
      return `${block.label}${colon}\n${block.url}`
    case 'facts':
      return block.facts.map(([label, value]) => `${label}${colon} ${oneLine(value)}`).join('\n')
  }
}

/** The names between double braces in a piece of the layout. */
type Holes<M extends string> = M extends `${string}{{${infer Name}}}${infer Rest}` ? Name | Holes<Rest> : never

/** Puts text, as text, into every hole of a piece of the layout. A hole that is forgotten does not compile. */
function fill<M extends string>(piece: M, values: Record<Holes<M>, string>): string {
  return piece.replace(/\{\{(\w+)\}\}/g, (_, name: Holes<M>) => escape(values[name]))
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

/** A line break in a name starts no second header and no line of its own. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
