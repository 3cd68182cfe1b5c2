import { AlertAction } from '@lightpress/auth-contract'
import { money } from '@lightpress/billing-contract/money'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileLayout, target } from '../mails/compile.ts'
import { alert, failure, invited, payment, samples } from '../mails/samples.ts'
import { confirmOldEmail } from '../src/mails/confirm-old-email.ts'
import { invitation, type Invitation } from '../src/mails/invitation.ts'
import { passwordReset } from '../src/mails/password-reset.ts'
import { paymentFailed, type PaymentFailure } from '../src/mails/payment-failed.ts'
import { receipt } from '../src/mails/receipt.ts'
import { renderMail } from '../src/mails/render.ts'
import { securityAlert, type SecurityAlert } from '../src/mails/security-alert.ts'
import { verifyEmail } from '../src/mails/verify-email.ts'

const publicUrl = 'https://app.example.com'
const locales = ['en', 'de', 'fr'] as const

describe.each(samples.map(({ name, write }) => [name, write] as const))('%s', (name, write) => {
  it.each(locales)('reads in %s as it was approved', async (locale) => {
    const mail = write({ locale, publicUrl })
    const { subject, html, text } = renderMail(mail, publicUrl)
    await expect(`Subject: ${subject}\nPreview: ${mail.preview}\n\n${text}`).toMatchFileSnapshot(
      `snapshots/${name}.${locale}.txt`,
    )
    await expect(html).toMatchFileSnapshot(`snapshots/${name}.${locale}.html`)
  })

  it.each(locales)('links only to our own pages in %s, and leaves nothing unfilled', (locale) => {
    const { html, text } = renderMail(write({ locale, publicUrl }), publicUrl)
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
    expect(text).toContain('https://app.example.com/verify#token=a%2Bb%2Fc%3D%22\n')
    expect(html).toContain('href="https://app.example.com/verify#token=a%2Bb%2Fc%3D%22"')
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
    [money(2900, 'usd'), '$29.00'],
    [money(2900, 'cad'), 'CA$29.00'],
    [money(2900, 'jpy'), '¥2,900'],
    [money(2900, 'kwd'), 'KWD 2.900'],
    [money(0, 'eur'), '€0.00'],
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

describe('a failed payment', () => {
  const render = (changes: Partial<PaymentFailure>) =>
    renderMail(paymentFailed({ ...failure, ...changes }, { locale: 'en', publicUrl }), publicUrl)

  it('says nothing of an invoice without a number, of a plan that nobody knows or of attempts that will not be', () => {
    const { subject, text } = render({ attempt: 2, number: null, planId: null, nextAttemptAt: null })
    expect(subject).toBe('Last notice: your plan stays until November 28, 2026')
    expect(text).not.toMatch(/Invoice|Next attempt/)
  })

  it('tells of an attempt that comes too late to keep the plan, and that it is', () => {
    const { subject, text } = render({ attempt: 2, nextAttemptAt: '2026-11-29T00:00:00Z' })
    expect(subject).toContain('Last notice')
    expect(text).toContain('Next attempt: November 29, 2026')
  })

  it('writes yen as there are', () => {
    expect(render({ amountDue: money(2900, 'jpy') }).text).toContain('Amount: ¥2,900\n')
  })

  it('counts days where the reader is', () => {
    const last = { attempt: 2, nextAttemptAt: null }
    expect(render({ ...last, timeZone: 'Europe/Berlin' }).subject).toContain('November 28')
    expect(render({ ...last, timeZone: 'America/New_York' }).subject).toContain('November 27')
  })
})

describe('a name', () => {
  const mails = {
    'password reset': (name: string) => passwordReset({ name, token: 't' }, { locale: 'en', publicUrl }),
    'change of address': (name: string) =>
      confirmOldEmail({ name, newEmail: 'new@mail.example', token: 't' }, { locale: 'en', publicUrl }),
    'security alert': (name: string) => securityAlert({ ...alert, name }, { locale: 'en', publicUrl }),
  }

  describe.each(Object.entries(mails))('in a %s', (_, mailTo) => {
    const render = (name: string) => renderMail(mailTo(name), publicUrl)

    it.each([
      'Ada Lovelace',
      'J.R.R. Tolkien',
      'Dr. Grace Hopper',
      'Zoë O’Neil',
      'علی\u200Cرضا',
      'Louis 14',
      'モーニング娘。',
    ])('greets %s', (name) => {
      expect(render(name).text).toContain(`\n\nHello ${name},\n\n`)
    })

    it('is text, whatever it is made of', () => {
      const { html, text } = render(`<img src=x onerror=alert(1)>"'&\r\nBcc everybody`)
      expect(html).not.toContain('<img')
      expect(html).toContain('Hello &lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;')
      expect(text).not.toMatch(/^Bcc/m)
    })

    const addresses = ['See evil.example', 'http://evil', 'www.evil.example/x', 'evil/x', 'ada@evil', 'münze.köln']
    const disguised = ['evil．com', 'evil。com', 'evil｡com', 'evil․com', 'evil.\u00ADcom', 'evil.c\u2060om', 'evil／x']
    const others = [
      '1.2.3.4',
      'evil.x1',
      'evil.1x',
      '\\\\evil',
      'Call +1 900 555 0100',
      'Call ０９００ ５５５ ０１００',
    ]
    it.each([...addresses, ...disguised, ...others])(
      'that a mail program would make a link of (%s) is left out',
      (name) => {
        const { html, text } = render(name)
        expect(html + text).not.toContain(name)
        expect(text).not.toContain('Hello')
      },
    )
  })
})

describe('an invitation', () => {
  const render = (changes: Partial<Invitation>) =>
    renderMail(invitation({ ...invited, ...changes }, { locale: 'en', publicUrl }), publicUrl)

  it.each(['See evil.example', 'http://evil', 'win@evil.example'])(
    'says nothing of a name that would become a link (%s)',
    (name) => {
      const { subject, html, text } = render({ organizationName: name, inviterName: name })
      expect(subject + html + text).not.toContain(name)
      expect(text).toContain('Somebody invites you to work with a team on Lightpress.')
    },
  )

  it('shows names as text', () => {
    const { html, text } = render({ organizationName: `<img src=x>"'\r\nBcc everybody`, inviterName: null })
    expect(html).not.toContain('<img src=x')
    expect(text).not.toMatch(/^Bcc/m)
  })

  it('leads to the page of ours with its token, safely', () => {
    expect(render({ token: 'a+b"' }).html).toContain('href="https://app.example.com/invitation#token=a%2Bb%22"')
  })
})

describe('a security alert', () => {
  const render = (changes: Partial<SecurityAlert>) =>
    renderMail(securityAlert({ ...alert, ...changes }, { locale: 'en', publicUrl }), publicUrl).text

  it('says when it was where the reader is', () => {
    const plain = (timeZone: string) => render({ timeZone }).replaceAll('\u202f', ' ')
    expect(plain('Europe/Berlin')).toContain('When: November 21, 2026 at 12:30 AM GMT+1\n')
    expect(plain('America/New_York')).toContain('When: November 20, 2026 at 6:30 PM EST\n')
  })

  it('leaves out what is not known of where it was done', () => {
    expect(render({ ip: null })).not.toContain('IP address')
    expect(render({ device: null })).not.toContain('Device')
    expect(render({ device: { browser: null, system: null, kind: 'unknown' } })).not.toContain('Device')
    expect(render({ device: { browser: null, system: 'iOS', kind: 'phone' } })).toContain('Device: iOS\n')
  })

  it.each(AlertAction.options)('of %s says what to do if it was somebody else', (action) => {
    const text = render({ action })
    expect(text).toContain(`${publicUrl}/security\n`)
    // The account's address is the new one by then, so the old one gets no such mail.
    const withoutPassword = ['email_changed', 'impersonation_started']
    expect(text.includes(`${publicUrl}/forgot-password\n`)).toBe(!withoutPassword.includes(action))
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
