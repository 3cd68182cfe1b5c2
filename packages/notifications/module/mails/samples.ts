import { AlertAction } from '@lightpress/auth-contract'
import { money } from '@lightpress/billing-contract/money'
import type { Message } from '../src/deliver.ts'
import type { Locale } from '../src/formats.ts'
import { addressTaken } from '../src/mails/address-taken.ts'
import { alreadyRegistered } from '../src/mails/already-registered.ts'
import { confirmNewEmail } from '../src/mails/confirm-new-email.ts'
import { confirmOldEmail } from '../src/mails/confirm-old-email.ts'
import { digestMail, type Digest } from '../src/mails/digest.ts'
import { erasureReceipt, type ErasureReceipt } from '../src/mails/erasure-receipt.ts'
import { exportReady } from '../src/mails/export-ready.ts'
import { invitation, type Invitation } from '../src/mails/invitation.ts'
import { magicLink } from '../src/mails/magic-link.ts'
import type { Mail, MailContext } from '../src/mails/mail.ts'
import { noticeMail } from '../src/mails/notice.ts'
import { passwordReset } from '../src/mails/password-reset.ts'
import { paymentFailed, type PaymentFailure } from '../src/mails/payment-failed.ts'
import { planPaused } from '../src/mails/plan-paused.ts'
import { receipt, type Receipt } from '../src/mails/receipt.ts'
import { recoveryDue, recoveryRequested, type RecoveryNotice } from '../src/mails/recovery.ts'
import { securityAlert, type SecurityAlert } from '../src/mails/security-alert.ts'
import { withStop } from '../src/mails/stop.ts'
import { trialEnding, type TrialEnd } from '../src/mails/trial-ending.ts'
import { verifyEmail } from '../src/mails/verify-email.ts'
import { membershipNews } from '../src/membership-texts.ts'
import { welcome } from '../src/texts.ts'

// What every mail looks like, with believable data: for the gallery of development and for the snapshots of tests.

export const payment: Receipt = {
  number: 'LP-0042',
  planId: 'pro',
  total: money(123450, 'eur'),
  organizationName: 'Analytical Engines',
  paidAt: '2026-11-20T23:30:00Z',
  timeZone: 'Europe/Berlin',
}

export const failure: PaymentFailure = {
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

export const alert: SecurityAlert = {
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

export const invited: Invitation = {
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

const joined = (locale: Locale) => {
  const news = { change: 'joined' as const, role: 'member' as const, organizationName: 'Analytical Engines' }
  const text = membershipNews({ ...news, personName: 'Grace Hopper' }, locale)
  return { ...text, category: 'account' as const, link: '/organization/members' }
}

const digest = (locale: Locale): Digest => ({
  items: [
    { ...joined(locale), createdAt: new Date('2026-11-20T16:05:00Z') },
    { ...welcome(locale), category: 'product', link: null, createdAt: new Date('2026-11-19T20:00:00Z') },
  ],
  until: new Date('2026-11-21T07:00:00Z'),
  timeZone: 'Europe/Berlin',
})

export interface Sample {
  /** Of its snapshots, and in the gallery. */
  name: string
  write: (context: MailContext) => Mail
}

const sample = (name: string, write: Sample['write']): Sample => ({ name, write })

const name = 'Ada Lovelace'
const organizationName = 'Analytical Engines'
const token = 'a+b/c='

/** Of each template all that it can say. One that has none here does not compile. */
const byTemplate: Record<Message['template'], readonly [Sample, ...Sample[]]> = {
  registration: [
    sample('verify-email', (context) => verifyEmail({ token }, context)),
    sample('already-registered', alreadyRegistered),
  ],
  receipt: [sample('receipt', (context) => receipt(payment, context))],
  payment_failed: [
    sample('payment-failed', (context) => paymentFailed(failure, context)),
    sample('payment-failed-again', (context) => paymentFailed({ ...failure, attempt: 2 }, context)),
    sample('payment-failed-last', (context) => paymentFailed({ ...failure, attempt: 3, nextAttemptAt: null }, context)),
  ],
  plan_paused: [sample('plan-paused', (context) => planPaused({ planId: 'pro', organizationName }, context))],
  trial_ending: [
    sample('trial-ending', (context) => trialEnding(trial, context)),
    sample('trial-ending-without-card', (context) => trialEnding({ ...trial, hasPaymentMethod: false }, context)),
  ],
  password_reset: [sample('password-reset', (context) => passwordReset({ name, token }, context))],
  magic_link: [sample('magic-link', (context) => magicLink({ name, token }, context))],
  email_change_old: [
    sample('confirm-old-email', (context) => confirmOldEmail({ name, newEmail: 'ada@new.example', token }, context)),
  ],
  email_change_new: [
    sample('confirm-new-email', (context) => confirmNewEmail({ token }, context)),
    sample('address-taken', addressTaken),
  ],
  security_alert: alertSamples(),
  recovery: [
    sample('recovery-requested', (context) => recoveryRequested(recovery, context)),
    sample('recovery-due', (context) => recoveryDue({ ...recovery, completeToken: token }, context)),
  ],
  invitation: [sample('invitation', (context) => invitation(invited, context))],
  export_ready: [
    sample('export-ready', (context) => exportReady({ name, organizationName: null }, context)),
    sample('export-ready-organization', (context) => exportReady({ name, organizationName }, context)),
  ],
  erasure_receipt: [
    sample('erasure-receipt', (context) => erasureReceipt(erased, context)),
    sample('erasure-receipt-organization', (context) =>
      erasureReceipt(
        { ...erased, subject: 'organization', organizationName, items: erased.items.slice(0, 1) },
        context,
      ),
    ),
  ],
  notice: [
    sample('notice', (context) =>
      withStop(noticeMail(joined(context.locale), context), { what: 'account', token }, context.publicUrl),
    ),
  ],
  digest: [
    sample('digest', (context) =>
      withStop(digestMail(digest(context.locale), context), { what: 'digest', token }, context.publicUrl),
    ),
  ],
}

function alertSamples(): [Sample, ...Sample[]] {
  const [first, ...others] = AlertAction.options.map((action) =>
    sample(`alert-${action.replaceAll('_', '-')}`, (context) => securityAlert({ ...alert, action }, context)),
  )
  return [first as Sample, ...others]
}

export const samples: readonly Sample[] = Object.values(byTemplate).flat()
