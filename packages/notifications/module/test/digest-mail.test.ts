import { describe, expect, it } from 'vitest'
import type { Locale } from '../src/formats.ts'
import { digestMail, type Digest } from '../src/mails/digest.ts'
import { noticeMail } from '../src/mails/notice.ts'
import { renderMail } from '../src/mails/render.ts'
import { stopHeaders, withStop } from '../src/mails/stop.ts'

const publicUrl = 'https://app.example.com'

const item = (n: number, changes: Partial<Digest['items'][number]> = {}) => ({
  category: 'account' as const,
  title: `Title ${n}`,
  body: `Body ${n}`,
  link: '/dashboard',
  createdAt: new Date('2026-11-20T23:30:00Z'),
  ...changes,
})

function render(
  items: Digest['items'],
  { locale = 'en', timeZone = 'UTC' }: { locale?: Locale; timeZone?: string } = {},
) {
  const until = new Date('2026-11-21T07:00:00Z')
  return renderMail(digestMail({ items, until, timeZone }, { locale, publicUrl }), publicUrl)
}

const items = (count: number) => Array.from({ length: count }, (_, n) => item(n + 1))

describe('a digest', () => {
  it.each([
    ['en', 1, '1 update for you'],
    ['en', 2, '2 updates for you'],
    ['en', 1_200, '1,200 updates for you'],
    ['de', 1, '1 Neuigkeit für Sie'],
    ['de', 2, '2 Neuigkeiten für Sie'],
    ['de', 1_200, '1.200 Neuigkeiten für Sie'],
    ['fr', 1, '1 nouvelle pour vous'],
    ['fr', 2, '2 nouvelles pour vous'],
    ['fr', 1_200, '1 200 nouvelles pour vous'],
  ] as const)('counts in %s what is in it: %i', (locale, count, subject) => {
    expect(render(items(count), { locale }).subject.replaceAll(/\s/g, ' ')).toBe(subject)
  })

  it.each([
    [30, null],
    [31, 'and 1 more'],
    [45, 'and 15 more'],
  ])('lists at most thirty of %i, the newest, and says how many more there are', (count, more) => {
    const { text } = render(items(count))
    expect(text.match(/^Title \d+$/gm)).toHaveLength(30)
    expect(text).toContain('Title 30\n')
    expect(text.match(/^and .*$/m)?.[0] ?? null).toBe(more)
  })

  it('is in the order of categories, each with its heading once', () => {
    const { text } = render([item(1, { category: 'product' }), item(2, { category: 'billing' }), item(3), item(4)])
    const lines = text.split('\n').filter((line) => /^(Account|Billing|Product|Title \d)$/.test(line))
    expect(lines).toEqual(['Account', 'Title 3', 'Title 4', 'Billing', 'Title 2', 'Product', 'Title 1'])
  })

  it('dates each where the reader is', () => {
    expect(render(items(1), { timeZone: 'Europe/Berlin' }).text).toMatch(/November 21, 2026 at 12:30.AM/)
    expect(render(items(1), { timeZone: 'America/New_York' }).text).toMatch(/November 20, 2026 at 6:30.PM/)
  })

  it('leads to what it tells of, or to the inbox', () => {
    const { html } = render([item(1), item(2, { link: null })])
    expect(html).toContain('href="https://app.example.com/dashboard"')
    expect(html).toContain('href="https://app.example.com/notifications"')
  })

  it('shows what people typed as text, a line each', () => {
    const { html, text } = render([item(1, { title: '<img src=x>\r\nBcc: everybody', body: '"><script>' })])
    expect(html).not.toMatch(/<img|<script/)
    expect(text).toContain('<img src=x> Bcc: everybody\n')
  })
})

describe('a notice as a mail', () => {
  it('is what stands in the inbox, and leads there', () => {
    const notice = { category: 'account' as const, title: 'A <b>\nTitle', body: 'Body.', link: '/billing' }
    const { subject, html, text } = renderMail(noticeMail(notice, { locale: 'fr', publicUrl }), publicUrl)
    expect(subject).toBe('A <b> Title')
    expect(html).not.toContain('<b>')
    expect(text).toContain('Body.\n\nVoir dans Lightpress\u00a0:\nhttps://app.example.com/billing\n')
  })

  it('has no button where there is nothing to see', () => {
    const notice = { category: 'account' as const, title: 'Title', body: 'Body.', link: null }
    expect(renderMail(noticeMail(notice, { locale: 'en', publicUrl }), publicUrl).text).not.toContain('See it')
  })
})

describe('the way out of a mail', () => {
  it.each(['en', 'de', 'fr'] as const)('stands at its foot in %s, safely', (locale) => {
    const mail = noticeMail({ category: 'product', title: 'T', body: 'B', link: null }, { locale, publicUrl })
    const { html, text } = renderMail(withStop(mail, { what: 'product', token: 'a+b"' }, publicUrl), publicUrl)
    expect(html).toContain('href="https://app.example.com/unsubscribe#token=a%2Bb%22"')
    expect(html).toContain('href="https://app.example.com/notifications/preferences"')
    expect(text).toContain('https://app.example.com/unsubscribe#token=a%2Bb%22\n')
    expect(renderMail(mail, publicUrl).html).not.toContain('unsubscribe')
  })

  it('is what mail programs ask for (RFC 8058)', () => {
    expect(stopHeaders({ what: 'digest', token: 'a.b' }, publicUrl)).toEqual({
      'List-Unsubscribe': '<https://app.example.com/v1/notifications/unsubscribe?token=a.b>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
  })
})
