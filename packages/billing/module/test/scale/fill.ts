import { fillOutbox } from '@lightpress/testing'
import { sql } from 'drizzle-orm'
import type { BillingContext } from '../../src/context.ts'

/** How many of each there are. */
export interface Size {
  customers: number
  /** Of what customers have: invoices, events, entries. */
  others: number
  /** Of each of these that one of them has alone. */
  most: number
}

const ids = {
  organization: 1,
  invoice: 2,
  checkout: 3,
  change: 4,
  entry: 5,
  reconciliation: 6,
  drift: 7,
  event: 8,
  person: 9,
}

/** The id of the nth of a kind. */
export function idOf(kind: keyof typeof ids, n: number): string {
  return `019000${ids[kind]}0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

const id = (kind: keyof typeof ids, n: string) =>
  `('019000${ids[kind]}0-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`

/** Of events. The last two concern nobody. */
export const kinds = [
  ...['invoice.created', 'invoice.finalized', 'invoice.paid', 'invoice.updated', 'customer.updated'],
  ...['customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted'],
  ...['checkout.session.completed', 'subscription_schedule.updated', 'payment_intent.succeeded', 'charge.succeeded'],
]

/** [0, 1000), the same for the same n, in no order. */
const dice = (n: string) => `abs(hashint4((${n})::int)) % 1000`
const ago = (n: string, unit: string) => `now() - (${n}) * interval '1 ${unit}'`

/**
 * Fills the tables as they are after years: most is over, paid and read, and a little of everything is not. `big` is a
 * customer that is there already and gets the most of everything.
 */
export async function fill(
  { customers, others, most }: Size,
  big: { organizationId: string; stripeCustomerId: string },
  { withTx }: BillingContext,
): Promise<void> {
  const whose = (n: string) =>
    `case when ${n} <= ${most} then '${big.organizationId}'::uuid else ${id('organization', `1 + ${n} % ${customers}`)} end`
  const at = (n: string) =>
    `case when ${n} <= ${most} then '${big.stripeCustomerId}' else 'cus_' || 1 + ${n} % ${customers} end`
  const statements = [
    // One in five hundred is behind, owed seats, or owed a contact; of one in a thousand Stripe's clock is ahead.
    `insert into customer (organization_id, stripe_customer_id, dirty_sequence, applied_sequence, requested_at, contact_due_at, seats_due_at, clock_at)
      select ${id('organization', 'n')}, 'cus_' || n, 10, case when dice = 3 then 9 else 10 end, ${ago('n % 60', 'minute')},
        case when dice = 4 then ${ago('1', 'hour')} end, case when dice = 5 then ${ago('1', 'hour')} end,
        case when dice = 6 then ${ago('-9', 'day')} when n % 2 = 0 then ${ago('9', 'day')} end
      from (select n, ${dice('n')} as dice from generate_series(1, ${customers}) n) made`,
    // One in five never subscribed, and three in ten have left.
    `insert into subscription (organization_id, stripe_subscription_id, plan_id, status, interval, seats, unit_amount, currency,
        current_period_start, current_period_end, trial_end, cancel_at_period_end, past_due_since, grace_over, trial_told_for)
      select ${id('organization', 'n')}, 'sub_' || n, case when n % 9 = 0 then 'business' else 'pro' end, status, 'month', 3, 1200, 'usd',
        ${ago('9', 'day')}, ${ago('-21', 'day')}, case when status = 'trialing' then trial_end end, false,
        case when status = 'past_due' then past_due_since end, past_due_since < ${ago('7', 'day')} and n % 50 > 0,
        case when status = 'trialing' and trial_end < ${ago('-3', 'day')} and n % 50 > 0 then trial_end end
      from (select n, ${ago('-(n % 336)', 'hour')} as trial_end, ${ago('n % 400', 'hour')} as past_due_since, case
          when dice < 300 then 'canceled' when dice < 800 then 'active' when dice < 900 then 'trialing' when dice < 990 then 'past_due'
          when dice < 995 then 'unpaid' else 'incomplete' end as status
        from (select n, ${dice('n')} as dice from generate_series(1, ${customers}) n) made) made
      where n % 5 > 0`,
    `insert into invoice (id, organization_id, stripe_invoice_id, stripe_subscription_id, status, plan_id, total, currency, created_at, due_at, paid_at, payment_told_at, request_id)
      select ${id('invoice', 'n')}, ${whose('n')}, 'in_' || n, 'sub_' || n, case when n % 30 = 7 then 'open' else 'paid' end, 'pro', 3600, 'usd',
        created_at, created_at, case when n % 30 <> 7 then created_at end, case when n % 30 <> 7 then created_at end, 'request-' || n / 3
      from (select n, date_trunc('second', ${ago('n', 'minute')}) as created_at from generate_series(1, ${others}) n) made`,
    `insert into checkout (id, organization_id, plan_id, interval, seats, stripe_session_id, created_at, check_at)
      select ${id('checkout', 'n')}, ${whose('n')}, 'pro', 'month', 3, 'cs_' || n, ${ago('n % 1000', 'hour')},
        case when n > ${most} and ${dice('n')} < 2 then ${ago('n % 60 - 30', 'minute')} end
      from generate_series(1, ${others}) n`,
    // Of what concerns us hardly anything is ignored, and of what does not everything is.
    `insert into stripe_event (id, type, stripe_customer_id, created_at, received_at, ignored_because, sequence)
      select 'evt_' || n, type, customer_id, received_at, received_at,
        case when type like 'payment_intent.%' or type like 'charge.%' then 'other_kind' when n % 5000 = 0 then 'unknown_customer' end,
        case when n > ${others - customers} then 10 else 5 end
      from (select n, ${at('n')} as customer_id, ${ago(`(${others} - n) * 61.0 * 86400 / ${others}`, 'second')} as received_at,
          ('{${kinds.join()}}'::text[])[1 + n % ${kinds.length}] as type
        from generate_series(1, ${others}) n) made`,
    `insert into change (id, organization_id, plan_id, interval, prorate_at, created_at, ended_at)
      select ${id('change', 'n')}, ${whose('n')}, 'pro', 'month', created_at, created_at, created_at
      from (select n, ${ago('n', 'minute')} as created_at from generate_series(1, ${others}) n) made`,
    `insert into usage_entry (id, organization_id, meter_id, quantity, idempotency_key, used_at, period_start, period_end, stripe_customer_id, tried_at, shipped_at)
      select ${id('entry', 'n')}, ${whose('n')}, 'tasks', 1, 'key-' || n, used_at, used_at, used_at, ${at('n')}, used_at,
        case when n % 1000 > 0 then used_at end
      from (select n, ${ago(`n * 60.0 * 86400 / ${others}`, 'second')} as used_at from generate_series(1, ${others}) n) made`,
    `insert into usage_total (organization_id, meter_id, period_start, charged, used)
      select ${id('organization', `1 + n % ${customers}`)}, 'tasks', ${ago('n', 'minute')}, n % 5 = 0, 7 from generate_series(1, ${others}) n`,
    // Of two years, and of a day that is forgotten.
    `insert into usage_day (organization_id, meter_id, day, used)
      select ${whose('n')}, 'tasks', current_date - n % 733, 7 from generate_series(1, ${others}) n on conflict do nothing`,
    `insert into reconciliation (id, started_at, finished_at, alive_at)
      select ${id('reconciliation', 'n')}, at, at, at from (select n, ${ago('(100 - n)', 'day')} as at from generate_series(1, 100) n) made`,
    // The newest found the most.
    `insert into drift (id, reconciliation_id, organization_id, stripe_customer_id, what, stripe_id)
      select ${id('drift', 'n')}, ${id('reconciliation', `case when n <= ${most} then 100 else 1 + n % 100 end`)}, ${whose('n')}, ${at('n')}, 'subscription.status', 'sub_' || n
      from generate_series(1, ${others}) n`,
    fillOutbox({
      count: others,
      type: 'billing.invoice.paid.v1',
      listeners: ['notifications', 'users'],
      id: id('event', 'n'),
      at: ago('n', 'minute'),
      userId: id('person', '1 + n % 50'),
      organizationId: whose('n'),
    }),
  ]
  await withTx(async (tx) => {
    await tx.execute(sql`set local role none`)
    await tx.execute(sql`set local synchronous_commit = off`)
    // Keys that point elsewhere are not looked up: where they point is filled, too.
    await tx.execute(sql`set local session_replication_role = replica`)
    for (const statement of statements) await tx.execute(sql.raw(statement))
    await tx.execute(sql`analyze`)
  })
}
