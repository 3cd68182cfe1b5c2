import { minorUnits } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { describe, expect, it } from 'vitest'
import { findDrift, invoiceDrift, subscriptionDrift, type InvoiceRow } from '../src/find-drift.ts'
import type { FoundInvoice } from '../src/stripe/invoice-readings.ts'
import type { FoundSubscription } from '../src/stripe/readings.ts'
import type { SubscriptionRow } from '../src/subscriptions.ts'

const day = (n: number) => new Date(Date.UTC(2027, 0, n))
const discount = { name: 'Launch', percentOff: 20, amountOff: null, endsAt: null }

const found: FoundSubscription = {
  id: 'sub_1',
  planId: 'pro',
  status: 'active',
  interval: 'month',
  seats: 3,
  minimumSeats: 1,
  unitAmount: minorUnits(1200),
  currency: 'usd',
  currentPeriodStart: day(1),
  currentPeriodEnd: day(31),
  trialEnd: null,
  hasPaymentMethod: true,
  cancelAtPeriodEnd: false,
  stripeScheduleId: 'sub_sched_1',
  scheduled: { planId: 'business', interval: 'year', seats: 5, at: day(31) },
  discount,
  createdAt: day(1),
}

const row: SubscriptionRow = {
  organizationId: newId(),
  stripeSubscriptionId: 'sub_1',
  planId: 'pro',
  status: 'active',
  interval: 'month',
  seats: 3,
  minimumSeats: 1,
  unitAmount: minorUnits(1200),
  currency: 'usd',
  currentPeriodStart: day(1),
  currentPeriodEnd: day(31),
  trialEnd: null,
  hasPaymentMethod: true,
  cancelAtPeriodEnd: false,
  stripeScheduleId: 'sub_sched_1',
  scheduledPlanId: 'business',
  scheduledInterval: 'year',
  scheduledSeats: 5,
  scheduledAt: day(31),
  // As PostgreSQL gives JSON back: with its keys in another order.
  discount: { endsAt: null, amountOff: null, percentOff: 20, name: 'Launch' },
  pastDueSince: null,
  graceOver: false,
  trialToldFor: null,
}

const bill: FoundInvoice = {
  id: 'in_1',
  stripeSubscriptionId: 'sub_1',
  number: 'A-1',
  status: 'open',
  planId: 'pro',
  total: minorUnits(3600),
  amountDue: minorUnits(3600),
  refunded: minorUnits(0),
  currency: 'usd',
  hostedUrl: 'https://pay.example/new',
  pdfUrl: 'https://pay.example/new.pdf',
  createdAt: day(1),
  dueAt: day(2),
  paidAt: null,
  attempts: 1,
  nextAttemptAt: day(4),
}

const { id: stripeInvoiceId, ...facts } = bill
const billRow: InvoiceRow = {
  id: newId(),
  organizationId: row.organizationId,
  stripeInvoiceId,
  ...facts,
  hostedUrl: 'https://pay.example/old',
  pdfUrl: null,
  failuresTold: 1,
  paymentToldAt: null,
  requestId: null,
  causeId: null,
}

describe('a subscription', () => {
  it('that is the same is no drift, whatever it was told of and in whatever order its parts come', () => {
    expect(subscriptionDrift({ ...row, graceOver: true, trialToldFor: day(9) }, found)).toEqual([])
    expect(subscriptionDrift(undefined, undefined)).toEqual([])
  })

  const changes: [keyof SubscriptionRow, Partial<SubscriptionRow>, string | null, string | null][] = [
    ['planId', { planId: 'business' }, 'business', 'pro'],
    ['status', { status: 'past_due' }, 'past_due', 'active'],
    ['interval', { interval: null }, null, 'month'],
    ['seats', { seats: 4 }, '4', '3'],
    ['minimumSeats', { minimumSeats: 2 }, '2', '1'],
    ['unitAmount', { unitAmount: null }, null, '1200'],
    ['currency', { currency: 'eur' }, 'eur', 'usd'],
    ['currentPeriodStart', { currentPeriodStart: null }, null, day(1).toISOString()],
    ['currentPeriodEnd', { currentPeriodEnd: day(30) }, day(30).toISOString(), day(31).toISOString()],
    ['trialEnd', { trialEnd: day(9) }, day(9).toISOString(), null],
    ['hasPaymentMethod', { hasPaymentMethod: false }, 'false', 'true'],
    ['cancelAtPeriodEnd', { cancelAtPeriodEnd: true }, 'true', 'false'],
    ['stripeScheduleId', { stripeScheduleId: null }, null, 'sub_sched_1'],
    ['scheduledPlanId', { scheduledPlanId: 'pro' }, 'pro', 'business'],
    ['scheduledInterval', { scheduledInterval: null }, null, 'year'],
    ['scheduledSeats', { scheduledSeats: 6 }, '6', '5'],
    ['scheduledAt', { scheduledAt: null }, null, day(31).toISOString()],
    ['discount', { discount: null }, null, JSON.stringify(discount)],
  ]
  it.each(changes)('that differs in %s is drift of that alone', (name, change, ours, theirs) => {
    expect(subscriptionDrift({ ...row, ...change }, found)).toEqual([
      { what: `subscription.${name}`, stripeId: 'sub_1', ours, theirs },
    ])
  })

  it('that is another one is that', () => {
    expect(subscriptionDrift({ ...row, stripeSubscriptionId: 'sub_0' }, found)).toEqual([
      { what: 'subscription.id', stripeId: 'sub_1', ours: 'sub_0', theirs: 'sub_1' },
    ])
  })

  it('that only one of the two has is unknown or gone', () => {
    expect(subscriptionDrift(undefined, found)).toEqual([
      { what: 'subscription.unknown', stripeId: 'sub_1', ours: null, theirs: 'active' },
    ])
    expect(subscriptionDrift(row, undefined)).toEqual([
      { what: 'subscription.gone', stripeId: 'sub_1', ours: 'active', theirs: null },
    ])
  })
})

describe('invoices', () => {
  it('that are the same are no drift, in any order, whatever the addresses of their pages are', () => {
    const [other, otherRow] = [
      { ...bill, id: 'in_2' },
      { ...billRow, stripeInvoiceId: 'in_2' },
    ]
    expect(invoiceDrift([billRow, otherRow], [other, bill])).toEqual([])
    expect(invoiceDrift([], [])).toEqual([])
  })

  const changes: [string, Partial<InvoiceRow>, string | null, string | null][] = [
    ['number', { number: null }, null, 'A-1'],
    ['status', { status: 'draft' }, 'draft', 'open'],
    ['total', { total: minorUnits(1) }, '1', '3600'],
    ['amountDue', { amountDue: minorUnits(0) }, '0', '3600'],
    ['refunded', { refunded: minorUnits(100) }, '100', '0'],
    ['currency', { currency: 'jpy' }, 'jpy', 'usd'],
    ['dueAt', { dueAt: null }, null, day(2).toISOString()],
    ['paidAt', { paidAt: day(3) }, day(3).toISOString(), null],
    ['attempts', { attempts: 0 }, '0', '1'],
    ['nextAttemptAt', { nextAttemptAt: null }, null, day(4).toISOString()],
  ]
  it.each(changes)('that differ in %s are drift of that alone', (name, change, ours, theirs) => {
    expect(invoiceDrift([{ ...billRow, ...change }], [bill])).toEqual([
      { what: `invoice.${name}`, stripeId: 'in_1', ours, theirs },
    ])
  })

  it('that only one of the two has are unknown or gone', () => {
    expect(invoiceDrift([], [bill])).toEqual([
      { what: 'invoice.unknown', stripeId: 'in_1', ours: null, theirs: 'open' },
    ])
    expect(invoiceDrift([billRow], [])).toEqual([
      { what: 'invoice.gone', stripeId: 'in_1', ours: 'open', theirs: null },
    ])
  })
})

describe('a customer', () => {
  it('is compared by the subscription that counts, and by since when it is not paid', () => {
    const ended: FoundSubscription = { ...found, id: 'sub_0', status: 'canceled', createdAt: day(5) }
    const owing: FoundSubscription = { ...found, status: 'past_due' }
    const ours = { subscription: { ...row, status: 'past_due', pastDueSince: day(2) } as const, invoices: [billRow] }
    expect(findDrift(ours, { subscriptions: [ended, owing], invoices: [bill] })).toEqual([])
    const late = { ...ours, subscription: { ...ours.subscription, pastDueSince: day(3) } }
    expect(findDrift(late, { subscriptions: [ended, owing], invoices: [bill] })).toEqual([
      {
        what: 'subscription.pastDueSince',
        stripeId: 'sub_1',
        ours: day(3).toISOString(),
        theirs: day(2).toISOString(),
      },
    ])
  })
})
