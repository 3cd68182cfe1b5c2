import { AlertAction } from '@lightpress/auth-contract'
import { money } from '@lightpress/billing-contract/money'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileLayout, target } from '../mails/compile.ts'
import { addressTaken } from '../src/mails/address-taken.ts'
import { alreadyRegistered } from '../src/mails/already-registered.ts'
import { confirmNewEmail } from '../src/mails/confirm-new-email.ts'
import { confirmOldEmail } from '../src/mails/confirm-old-email.ts'
import { erasureReceipt, type ErasureReceipt } from '../src/mails/erasure-receipt.ts'
import { exportReady } from '../src/mails/export-ready.ts'
import { invitation, type Invitation } from '../src/mails/invitation.ts'
import type { Mail } from '../src/mails/mail.ts'
import { magicLink } from '../src/mails/magic-link.ts'
import { passwordReset } from '../src/mails/password-reset.ts'
import { paymentFailed, type PaymentFailure } from '../src/mails/payment-failed.ts'
import { planPaused } from '../src/mails/plan-paused.ts'
import { receipt, type Receipt } from '../src/mails/receipt.ts'
import { recoveryDue, recoveryRequested, type RecoveryNotice } from '../src/mails/recovery.ts'
import { renderMail } from '../src/mails/render.ts'
import { securityAlert, type SecurityAlert } from '../src/mails/security-alert.ts'
import { trialEnding, type TrialEnd } from '../src/mails/trial-ending.ts'
import { verifyEmail } from '../src/mails/verify-email.ts'

const publicUrl = 'https://app.example.com'
const locales = ['en', 'de', 'fr'] as const

const payment: Receipt = {
  number: 'LP-0042',
  planId: 'pro',
  total: money(123450, 'eur'),
  organizationName: 'Analytical Engines',
  paidAt: '2026-11-20T23:30:00Z',
  timeZone: 'Europe/Berlin',
}

const failure: PaymentFailure = {
  number: 'LP-0042',
  planId: 'pro',
  amountDue: money(123450, 'eur'),
  attempt: 1,
  nextAttemptAt: '2026-11-23T23:30:00Z',
  graceEndsAt: '2026-11-27T23:30:00Z',
  organizationName: 'Analytical Engines',
  timeZone: 'Europe/Berlin',
}

const trial: TrialEnd = {
  planId: 'pro',
  trialEndsAt: '2026-11-23T23:30:00Z',
  hasPaymentMethod: true,
  organizationName: 'Analytical Engines',
  timeZone: 'Europe/Berlin',
}

const alert: SecurityAlert = {
  action: 'signed_in',
  at: '2026-11-20T23:30:00Z',
  device: { browser: 'Firefox', system: 'Linux', kind: 'desktop' },
  ip: '2001:db8::7',
  name: 'Ada Lovelace',
  timeZone: 'Europe/Berlin',
}

const recovery: RecoveryNotice = {
  name: 'Ada Lovelace',
  timeZone: 'Europe/Berlin',
  availableAt: '2026-11-23T23:30:00Z',
  expiresAt: '2026-11-30T23:30:00Z',
  cancelToken: 'c+d/e=',
}

const invited: Invitation = {
  organizationName: 'Analytical Engines',
  inviterName: 'Ada Lovelace',
  role: 'admin',
  expiresAt: '2026-11-27T23:30:00Z',
  token: 'a+b/c=',
}

const erased: ErasureReceipt = {
  name: 'Ada Lovelace',
  timeZone: 'Europe/Berlin',
  subject: 'person',
  organizationName: null,
  finishedAt: '2026-11-20T23:30:00Z',
  items: [
    { module: 'billing', name: 'subscriptions', count: 1, outcome: 'cancelled', because: null },
    { module: 'auth', name: 'sessions', count: 12, outcome: 'deleted', because: null },
    { module: 'users', name: 'invitations', count: 2, outcome: 'emptied', because: null },
    { module: 'auth', name: 'audit entries', count: 42, outcome: 'kept', because: 'The log is append-only; ids only.' },
  ],
}

const templates: Record<string, (locale: (typeof locales)[number]) => Mail> = {
  'verify-email': (locale) => verifyEmail({ token: 'a+b/c=' }, { locale, publicUrl }),
  'already-registered': (locale) => alreadyRegistered({ locale, publicUrl }),
  receipt: (locale) => receipt(payment, { locale, publicUrl }),
  'payment-failed': (locale) => paymentFailed(failure, { locale, publicUrl }),
  'payment-failed-again': (locale) => paymentFailed({ ...failure, attempt: 2 }, { locale, publicUrl }),
  'payment-failed-last': (locale) =>
    paymentFailed({ ...failure, attempt: 3, nextAttemptAt: null }, { locale, publicUrl }),
  'plan-paused': (locale) =>
    planPaused({ planId: 'pro', organizationName: 'Analytical Engines' }, { locale, publicUrl }),
  'trial-ending': (locale) => trialEnding(trial, { locale, publicUrl }),
  'trial-ending-without-card': (locale) => trialEnding({ ...trial, hasPaymentMethod: false }, { locale, publicUrl }),
  'password-reset': (locale) => passwordReset({ name: 'Ada Lovelace', token: 'a+b/c=' }, { locale, publicUrl }),
  'magic-link': (locale) => magicLink({ name: 'Ada Lovelace', token: 'a+b/c=' }, { locale, publicUrl }),
  'recovery-requested': (locale) => recoveryRequested(recovery, { locale, publicUrl }),
  'recovery-due': (locale) => recoveryDue({ ...recovery, completeToken: 'a+b/c=' }, { locale, publicUrl }),
  'confirm-old-email': (locale) =>
    confirmOldEmail({ name: 'Ada Lovelace', newEmail: 'ada@new.example', token: 'a+b/c=' }, { locale, publicUrl }),
  'confirm-new-email': (locale) => confirmNewEmail({ token: 'a+b/c=' }, { locale, publicUrl }),
  invitation: (locale) => invitation(invited, { locale, publicUrl }),
  'export-ready': (locale) => exportReady({ name: 'Ada Lovelace', organizationName: null }, { locale, publicUrl }),
  'export-ready-organization': (locale) =>
    exportReady({ name: 'Ada Lovelace', organizationName: 'Analytical Engines' }, { locale, publicUrl }),
  'erasure-receipt': (locale) => erasureReceipt(erased, { locale, publicUrl }),
  'erasure-receipt-organization': (locale) =>
    erasureReceipt(
      { ...erased, subject: 'organization', organizationName: 'Analytical Engines', items: erased.items.slice(0, 1) },
      { locale, publicUrl },
    ),
  'address-taken': (locale) => addressTaken({ locale, publicUrl }),
  ...Object.fromEntries(
    AlertAction.options.map((action) => [
      `alert-${action.replaceAll('_', '-')}`,
      (locale: (typeof locales)[number]) => securityAlert({ ...alert, action }, { locale, publicUrl }),
    ]),
  ),
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
