import type { Discount, MinorUnits } from '@lightpress/billing-contract'
import { kernelTables } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const { schema, ...tables } = kernelTables('billing')
export const { outbox, inbox, idempotency } = tables

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
/** Integer minor units; more of them than fit 32 bits are possible in some currencies. */
const amount = (name: string) => bigint(name, { mode: 'number' }).$type<MinorUnits>()
const planId = () => text('plan_id', { enum: ['pro', 'business'] })
const interval = () => text({ enum: ['month', 'year'] })
const meterId = () => text('meter_id', { enum: ['tasks'] })

/** An organisation as Stripe's customer, and how far what we know of it is from what Stripe knows. */
export const customer = schema.table(
  'customer',
  {
    organizationId: uuid('organization_id').primaryKey(),
    stripeCustomerId: text('stripe_customer_id').notNull(),
    /** Grows with everything that Stripe tells us of this customer. */
    dirtySequence: integer('dirty_sequence').notNull().default(0),
    /** What `dirtySequence` was when the reading began that was written down last. */
    appliedSequence: integer('applied_sequence').notNull().default(0),
    /** How many readings were written down: a reading that another one overtook sees it by this. */
    readings: integer().notNull().default(0),
    /** When a reading was last asked for; what is still owed long after that is asked for again. */
    requestedAt: time('requested_at').notNull().defaultNow(),
    /** When a job was promised that reads it; null once one has begun, for what is asked for from then on is for the next. */
    readingPromisedAt: time('reading_promised_at'),
    /**
     * When it was last said that Stripe may have to write to another owner; null once that was looked at. To the
     * microsecond, which tells one saying from the next.
     */
    contactDueAt: timestamp('contact_due_at', { withTimezone: true, mode: 'string' }),
    /** When it was last said that there may be other seats to pay for; like `contactDueAt`. */
    seatsDueAt: timestamp('seats_due_at', { withTimezone: true, mode: 'string' }),
    /**
     * The latest moment that Stripe told of this customer. With one of its test clocks, or on the stand-in's, that is ahead
     * of ours, and then it is what trials and grace are measured by.
     */
    clockAt: time('clock_at'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('customer_stripe_customer_id').on(t.stripeCustomerId),
    index('customer_behind')
      .on(t.requestedAt)
      .where(sql`applied_sequence < dirty_sequence`),
    index('customer_contact_due')
      .on(t.contactDueAt)
      .where(sql`contact_due_at is not null`),
    index('customer_seats_due')
      .on(t.seatsDueAt)
      .where(sql`seats_due_at is not null`),
    index('customer_clock')
      .on(t.clockAt)
      .where(sql`clock_at is not null`),
  ],
)

/** A customer whom Stripe is asked to make: written down before it is asked, and gone once its answer is. */
export const pendingCustomer = schema.table(
  'pending_customer',
  {
    /** Stripe's: under it there is one customer, however often it is asked for. */
    idempotencyKey: text('idempotency_key').primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    /** The one of Stripe's whose place it takes; null for the first of an organisation. */
    replaces: text(),
    /** The organisation was erased meanwhile: whatever Stripe made is to go, and then this row. */
    unwanted: boolean().notNull().default(false),
    /** When it was last asked to be settled. */
    requestedAt: time('requested_at').notNull().defaultNow(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('pending_customer_organization').on(t.organizationId),
    index('pending_customer_requested_at').on(t.requestedAt),
  ],
)

const organizationId = () => uuid('organization_id').references(() => customer.organizationId)

/** The subscription that counts for an organisation, ended ones included. No row is the free plan. */
export const subscription = schema.table(
  'subscription',
  {
    organizationId: organizationId().primaryKey(),
    stripeSubscriptionId: text('stripe_subscription_id').notNull(),
    planId: planId().notNull(),
    status: text({ enum: ['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled'] }).notNull(),
    interval: interval(),
    seats: integer().notNull(),
    /** The fewest that are to be paid for, whoever is there; Stripe has it in the subscription's metadata. */
    minimumSeats: integer('minimum_seats').notNull().default(1),
    /** Of one seat; null where Stripe's price is not a whole number of minor units. */
    unitAmount: amount('unit_amount'),
    currency: text().notNull(),
    /** Null for a row of before it was kept, until it is read again. */
    currentPeriodStart: time('current_period_start'),
    currentPeriodEnd: time('current_period_end').notNull(),
    trialEnd: time('trial_end'),
    hasPaymentMethod: boolean('has_payment_method').notNull().default(false),
    cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull(),
    /** Stripe's schedule that puts another plan in its place, and what plan that is and when. */
    stripeScheduleId: text('stripe_schedule_id'),
    scheduledPlanId: text('scheduled_plan_id', { enum: ['pro', 'business'] }),
    scheduledInterval: text('scheduled_interval', { enum: ['month', 'year'] }),
    scheduledSeats: integer('scheduled_seats'),
    scheduledAt: time('scheduled_at'),
    discount: jsonb().$type<Discount>(),
    /** Since when its oldest open invoice could not be paid; null while none failed. */
    pastDueSince: time('past_due_since'),
    /** Whether it was told that the days of grace are over. */
    graceOver: boolean('grace_over').notNull().default(false),
    /** The end of a trial that was told last, in time. */
    trialToldFor: time('trial_told_for'),
  },
  (t) => [
    index('subscription_grace')
      .on(t.pastDueSince)
      .where(sql`past_due_since is not null and not grace_over`),
    index('subscription_trial')
      .on(t.trialEnd)
      .where(sql`status = 'trialing' and not cancel_at_period_end and trial_told_for is distinct from trial_end`),
    // Of another version: `look-again` has them read again.
    index('subscription_not_whole')
      .on(t.organizationId)
      .where(sql`current_period_start is null`),
    index('subscription_status').on(t.status, t.organizationId),
    index('subscription_plan')
      .on(t.planId, t.organizationId)
      .where(sql`status <> 'canceled'`),
    index('subscription_plan_status')
      .on(t.planId, t.status, t.organizationId)
      .where(sql`status <> 'canceled'`),
  ],
)

export const invoice = schema.table(
  'invoice',
  {
    id: uuid().primaryKey(),
    organizationId: organizationId().notNull(),
    stripeInvoiceId: text('stripe_invoice_id').notNull(),
    /** Whose it is; null for one that no subscription made. */
    stripeSubscriptionId: text('stripe_subscription_id'),
    number: text(),
    status: text({ enum: ['draft', 'open', 'paid', 'void', 'uncollectible'] }).notNull(),
    planId: planId(),
    total: amount('total').notNull(),
    /** What is still to be paid. */
    amountDue: amount('amount_due')
      .notNull()
      .default(0 as MinorUnits),
    refunded: amount('refunded')
      .notNull()
      .default(0 as MinorUnits),
    currency: text().notNull(),
    hostedUrl: text('hosted_url'),
    pdfUrl: text('pdf_url'),
    createdAt: time('created_at').notNull(),
    /** Since when it was to be paid: tried for the first time, or due; null before. */
    dueAt: time('due_at'),
    paidAt: time('paid_at'),
    /** How often Stripe tried to take the money, and when it does again. */
    attempts: integer().notNull().default(0),
    nextAttemptAt: time('next_attempt_at'),
    /** `attempts` when `invoicePaymentFailed` was published last. */
    failuresTold: integer('failures_told').notNull().default(0),
    /** When `invoicePaid` was published: once, however often Stripe says so, and never for an invoice of nothing. */
    paymentToldAt: time('payment_told_at'),
    /**
     * The request for which it was first read, somebody's or Stripe's webhook, and the job that read it. Null where that was
     * not kept yet.
     */
    requestId: text('request_id'),
    causeId: uuid('cause_id'),
  },
  (t) => [
    index('invoice_request')
      .on(t.requestId)
      .where(sql`request_id is not null`),
    uniqueIndex('invoice_stripe_invoice_id').on(t.stripeInvoiceId),
    index('invoice_of_organization').on(t.organizationId, t.createdAt, t.id),
    index('invoice_unpaid')
      .on(t.organizationId, t.dueAt, t.id)
      .where(sql`status = 'open' and due_at is not null`),
  ],
)

/** Somebody on their way to pay. Its id is Stripe's idempotency key, so that one attempt is one session. */
export const checkout = schema.table(
  'checkout',
  {
    id: uuid().primaryKey(),
    organizationId: organizationId().notNull(),
    planId: planId().notNull(),
    interval: interval().notNull(),
    /** What the page asks to be paid: a seat for each member, and never fewer than `minimumSeats`. */
    seats: integer().notNull(),
    /** The fewest that are to be paid for, whoever is there. */
    minimumSeats: integer('minimum_seats').notNull().default(1),
    trial: boolean().notNull().default(false),
    /** Stripe's, of the code that was given. */
    stripePromotionCodeId: text('stripe_promotion_code_id'),
    stripeSessionId: text('stripe_session_id'),
    url: text(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** When we ask Stripe what became of it, should no webhook tell us; null once that is known. */
    checkAt: time('check_at'),
  },
  (t) => [
    index('checkout_organization').on(t.organizationId),
    index('checkout_open')
      .on(t.organizationId)
      .where(sql`check_at is not null`),
    index('checkout_due')
      .on(t.checkAt)
      .where(sql`check_at is not null`),
  ],
)

/** Every webhook that was verified, by Stripe's id for it. The objects themselves are read again, never stored. */
export const stripeEvent = schema.table(
  'stripe_event',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    stripeCustomerId: text('stripe_customer_id'),
    createdAt: time('created_at').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
    /** Why nothing was read for it; null where something was. */
    ignoredBecause: text('ignored_because', {
      enum: ['other_kind', 'other_account', 'other_mode', 'unknown_customer'],
    }),
    /** The customer's `dirtySequence` with it: what it tells of was read when `appliedSequence` is as great. */
    sequence: integer(),
  },
  (t) => [
    index('stripe_event_by_time').on(t.receivedAt, t.id),
    index('stripe_event_by_customer').on(t.stripeCustomerId, t.receivedAt, t.id),
    index('stripe_event_taken')
      .on(t.type, t.receivedAt, t.id)
      .where(sql`ignored_because is null`),
    index('stripe_event_ignored')
      .on(t.type, t.receivedAt, t.id)
      .where(sql`ignored_because is not null`),
  ],
)

/** Another plan that somebody chose. Its id is Stripe's idempotency key, so that one choice is one change and one charge. */
export const change = schema.table(
  'change',
  {
    id: uuid().primaryKey(),
    organizationId: organizationId().notNull(),
    planId: planId().notNull(),
    interval: interval().notNull(),
    /** Null for as many as there were. */
    minimumSeats: integer('minimum_seats'),
    /** The moment that the proration is computed for. */
    prorateAt: time('prorate_at').notNull(),
    /** Until then Stripe may be about to do it, whoever asked: no other choice begins. */
    claimedUntil: time('claimed_until'),
    createdAt: time('created_at').notNull().defaultNow(),
    /** When it was known how it ended; null while that may be anything. */
    endedAt: time('ended_at'),
    /** The reason with which it was refused; null where it was done. */
    failure: text(),
  },
  (t) => [index('change_organization').on(t.organizationId, t.createdAt)],
)

/** What was used, an entry each time. Its id is the identifier under which Stripe counts it once. */
export const usageEntry = schema.table(
  'usage_entry',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    meterId: meterId().notNull(),
    quantity: integer().notNull(),
    /** The caller's: with it an entry is made once, for as long as there is one. */
    idempotencyKey: text('idempotency_key'),
    usedAt: time('used_at').notNull(),
    /** The period that it counts in, what was used of it with this entry, and what could be: the receipt. */
    periodStart: time('period_start').notNull(),
    periodEnd: time('period_end').notNull(),
    used: bigint({ mode: 'number' }).notNull().default(0),
    limit: integer(),
    /** Who is charged for it; null where the plan charges nobody. */
    stripeCustomerId: text('stripe_customer_id'),
    /** When it was first sent, which Stripe may or may not have got: it knows an identifier for a day. */
    triedAt: time('tried_at'),
    shippedAt: time('shipped_at'),
    /** Why it never will be: there is nobody to charge, or Stripe takes nothing so old, or cannot say whether it has it. */
    abandonedBecause: text('abandoned_because', { enum: ['customer_gone', 'too_old', 'unclear'] }),
  },
  (t) => [
    uniqueIndex('usage_entry_idempotency_key')
      .on(t.organizationId, t.idempotencyKey)
      .where(sql`idempotency_key is not null`),
    index('usage_entry_of_organization').on(t.organizationId, t.meterId, t.usedAt),
    index('usage_entry_unshipped')
      .on(t.organizationId, t.id)
      .where(sql`shipped_at is null and stripe_customer_id is not null and abandoned_because is null`),
  ],
)

/** What was used in a period, all entries together. */
export const usageTotal = schema.table(
  'usage_total',
  {
    organizationId: uuid('organization_id').notNull(),
    meterId: meterId().notNull(),
    periodStart: time('period_start').notNull(),
    /** A billing period and a calendar month may begin at the same moment, and are two. */
    charged: boolean().notNull(),
    used: bigint({ mode: 'number' }).notNull(),
    /** When shipping was promised last; null once nothing was left, so that whoever records next promises it anew. */
    shippingAskedAt: time('shipping_asked_at'),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.meterId, t.periodStart, t.charged] })],
)

/** What was used on a day (UTC), all entries together: what is shown without adding up the ledger. */
export const usageDay = schema.table(
  'usage_day',
  {
    organizationId: uuid('organization_id').notNull(),
    meterId: meterId().notNull(),
    day: date({ mode: 'string' }).notNull(),
    used: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.meterId, t.day] }), index('usage_day_day').on(t.day)],
)

/** A comparison of everything with Stripe. */
export const reconciliation = schema.table(
  'reconciliation',
  {
    id: uuid().primaryKey(),
    startedAt: time('started_at').notNull().defaultNow(),
    /** Null while it runs, and of one that was broken off. */
    finishedAt: time('finished_at'),
    /** When it was last seen at work: one that was not for long was broken off. */
    aliveAt: time('alive_at').notNull().defaultNow(),
    compared: integer().notNull().default(0),
    lostWebhooks: integer('lost_webhooks').notNull().default(0),
  },
  (t) => [index('reconciliation_started_at').on(t.startedAt, t.id)],
)

/** What one of them found to be different. */
export const drift = schema.table(
  'drift',
  {
    id: uuid().primaryKey(),
    reconciliationId: uuid('reconciliation_id')
      .notNull()
      .references(() => reconciliation.id, { onDelete: 'cascade' }),
    organizationId: uuid('organization_id'),
    stripeCustomerId: text('stripe_customer_id').notNull(),
    what: text().notNull(),
    /** Of what it is about: a subscription, an invoice, an event, the customer itself. */
    stripeId: text('stripe_id').notNull(),
    ours: text(),
    theirs: text(),
    repairedAt: time('repaired_at'),
  },
  (t) => [
    // What is still different comes first.
    index('drift_reconciliation').on(t.reconciliationId, sql`(repaired_at is not null)`, t.id),
    index('drift_organization').on(t.organizationId),
    index('drift_customer').on(t.stripeCustomerId, t.what),
    // A run that begins again notes nothing twice.
    uniqueIndex('drift_once').on(t.reconciliationId, t.what, t.stripeId),
  ],
)
