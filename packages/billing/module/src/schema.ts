import { kernelTables } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const { schema, ...tables } = kernelTables('billing')
export const { outbox, inbox, idempotency } = tables

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
/** Integer minor units; more of them than fit 32 bits are possible in some currencies. */
const amount = (name: string) => bigint(name, { mode: 'number' })
const planId = () => text('plan_id', { enum: ['pro', 'business'] })
const interval = () => text({ enum: ['month', 'year'] })

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
    /**
     * When it was last said that Stripe may have to write to another owner; null once that was looked at. To the
     * microsecond, which tells one saying from the next.
     */
    contactDueAt: timestamp('contact_due_at', { withTimezone: true, mode: 'string' }),
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
export const subscription = schema.table('subscription', {
  organizationId: organizationId().primaryKey(),
  stripeSubscriptionId: text('stripe_subscription_id').notNull(),
  planId: planId().notNull(),
  status: text({ enum: ['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled'] }).notNull(),
  interval: interval(),
  seats: integer().notNull(),
  /** Of one seat; null where Stripe's price is not a whole number of minor units. */
  unitAmount: amount('unit_amount'),
  currency: text().notNull(),
  currentPeriodEnd: time('current_period_end').notNull(),
  cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull(),
})

export const invoice = schema.table(
  'invoice',
  {
    id: uuid().primaryKey(),
    organizationId: organizationId().notNull(),
    stripeInvoiceId: text('stripe_invoice_id').notNull(),
    number: text(),
    status: text({ enum: ['draft', 'open', 'paid', 'void', 'uncollectible'] }).notNull(),
    planId: planId(),
    total: amount('total').notNull(),
    currency: text().notNull(),
    hostedUrl: text('hosted_url'),
    pdfUrl: text('pdf_url'),
    createdAt: time('created_at').notNull(),
    paidAt: time('paid_at'),
    /** When `invoicePaid` was published: once, however often Stripe says so, and never for an invoice of nothing. */
    paymentToldAt: time('payment_told_at'),
  },
  (t) => [
    uniqueIndex('invoice_stripe_invoice_id').on(t.stripeInvoiceId),
    index('invoice_of_organization').on(t.organizationId, t.createdAt, t.id),
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
    seats: integer().notNull(),
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
  },
  (t) => [index('stripe_event_received_at').on(t.receivedAt), index('stripe_event_customer').on(t.stripeCustomerId)],
)
