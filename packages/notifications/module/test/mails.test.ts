import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileLayout, target } from '../mails/compile.ts'
import { alreadyRegistered } from '../src/mails/already-registered.ts'
import type { Mail } from '../src/mails/mail.ts'
import { receipt, type Receipt } from '../src/mails/receipt.ts'
import { renderMail } from '../src/mails/render.ts'
import { verifyEmail } from '../src/mails/verify-email.ts'

const publicUrl = 'https://app.example.com'
const locales = ['en', 'de', 'fr'] as const

const payment: Receipt = {
  number: 'LP-0042',
  planId: 'pro',
  total: { amount: 123450, currency: 'eur' },
  organizationName: 'Analytical Engines',
  paidAt: '2026-11-20T23:30:00Z',
  timeZone: 'Europe/Berlin',
}

const templates: Record<string, (locale: (typeof locales)[number]) => Mail> = {
  'verify-email': (locale) => verifyEmail({ token: 'a+b/c=' }, { locale, publicUrl }),
  'already-registered': (locale) => alreadyRegistered({ locale, publicUrl }),
  receipt: (locale) => receipt(payment, { locale, publicUrl }),
}

describe.each(Object.keys(templates))('%s', (name) => {
  it.each(locales)('reads in %s as it was approved', async (locale) => {
    const mail = (templates[name] as (typeof templates)[string])(locale)
    const { subject, html, text } = renderMail(mail, publicUrl)
    await expect(`Subject: ${subject}\nPreview: ${mail.preview}\n\n${text}`).toMatchFileSnapshot(
      `snapshots/${name}.${locale}.txt`,
    )
    await expect(html).toMatchFileSnapshot(`snapshots/${name}.${locale}.html`)
  })

  it.each(locales)('links only to our own pages in %s, and leaves nothing unfilled', (locale) => {
    const { html, text } = renderMail((templates[name] as (typeof templates)[string])(locale), publicUrl)
    const links = [...`${html}\n${text}`.matchAll(/(?:href="|https?:\/\/)[^"\s<>]+/g)].map(([link]) =>
      link.replace('href="', ''),
    )
    const isNamespace = (link: string) => link.startsWith('http://www.w3.org/')
    expect(links.filter((link) => !isNamespace(link)).every((link) => link.startsWith(publicUrl))).toBe(true)
    expect(links).not.toHaveLength(0)
    expect(html + text).not.toMatch(/\{\{|undefined|NaN|\[object/)
  })
})

describe('a mail', () => {
  it('carries the token in its link, safely', () => {
    const { html, text } = renderMail(verifyEmail({ token: 'a+b/c="' }, { locale: 'en', publicUrl }), publicUrl)
    expect(text).toContain('https://app.example.com/verify?token=a%2Bb%2Fc%3D%22\n')
    expect(html).toContain('href="https://app.example.com/verify?token=a%2Bb%2Fc%3D%22"')
  })

  it('shows what a person typed as text, wherever it stands', () => {
    const organizationName = `"><img src=x onerror=alert(1)>'&\r\nBcc: everybody@example.com {{text}}`
    const { subject, html, text } = renderMail(
      receipt({ ...payment, organizationName, number: '<b>1</b>\r\nX: y' }, { locale: 'en', publicUrl }),
      publicUrl,
    )
    expect(html).not.toContain('<img')
    expect(html).not.toContain('<b>1')
    expect(html).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;')
    expect(html).toContain('{{text}}')
    expect(subject).toBe('Your receipt for invoice <b>1</b> X: y')
    expect(text).not.toMatch(/^Bcc:/m)
  })

  it('leaves out what an invoice does not have', () => {
    const { subject, text } = renderMail(
      receipt({ ...payment, number: null, planId: null }, { locale: 'de', publicUrl }),
      publicUrl,
    )
    expect(subject).toBe('Ihre Quittung')
    expect(text).not.toContain('Rechnung:')
    expect(text).not.toContain('Tarif:')
  })

  it.each([
    [{ amount: 2900, currency: 'usd' }, '$29.00'],
    [{ amount: 2900, currency: 'cad' }, 'CA$29.00'],
    [{ amount: 2900, currency: 'jpy' }, '¥2,900'],
    [{ amount: 2900, currency: 'kwd' }, 'KWD 2.900'],
    [{ amount: 0, currency: 'eur' }, '€0.00'],
  ])('writes %j as %s', (total, written) => {
    const { text } = renderMail(receipt({ ...payment, total }, { locale: 'en', publicUrl }), publicUrl)
    const plain = text.replaceAll('\u00a0', ' ')
    expect(plain).toContain(`We received ${written} for`)
    expect(plain).toContain(`Amount: ${written}\n`)
  })

  it('dates the payment where the reader is', () => {
    const on = (timeZone: string) =>
      renderMail(receipt({ ...payment, timeZone }, { locale: 'en', publicUrl }), publicUrl).text
    expect(on('Europe/Berlin')).toContain('November 21, 2026')
    expect(on('America/New_York')).toContain('November 20, 2026')
  })
})

describe('the layout', () => {
  it('is what MJML makes of layout.mjml', async () => {
    expect(await readFile(target, 'utf8')).toBe(await compileLayout())
  })

  it('asks nobody else for anything: no fonts, images or trackers from elsewhere', async () => {
    expect(await compileLayout()).not.toMatch(/@import|<img|<link|url\(/)
  })
})
