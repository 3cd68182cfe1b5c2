import { fillOutbox } from '@lightpress/testing'
import { sql } from 'drizzle-orm'
import type { NotificationsContext } from '../../src/context.ts'

/** How many of each there are. */
export interface Size {
  people: number
  /** Of what people and organisations have: mails, lines in inboxes, webhooks. */
  others: number
  /** Of each of these that the first of them has alone. */
  most: number
}

const kinds = { person: 0, organization: 1, message: 2, notification: 3, event: 4, digest: 5, item: 6, address: 7 }

/** The id of the nth of a kind. The first person and the first organisation have the most of everything. */
export function idOf(kind: keyof typeof kinds | 'endpoint', n: number): string {
  const digit = kind === 'endpoint' ? 8 : kinds[kind]
  return `019000${digit}0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

const id = (kind: keyof typeof kinds | 'endpoint', n: string) =>
  `('${idOf(kind, 0).slice(0, -12)}' || lpad(to_hex(${n}), 12, '0'))::uuid`

/** Of a time, as those of real rows are: what is forgotten is found by it. */
const idAt = (at: string, n: string) =>
  `(regexp_replace(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0'), '(.{8})', '\\1-') || '-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`

const templates = '{registration,invitation,receipt,security_alert,notice,digest,trial_ending}'
const types = '{member.joined,member.left,invoice.paid,subscription.changed}'

/** Fills the tables as they are after two months: most is over, sent and read, and a little of everything is not. */
export async function fill({ people, others, most }: Size, { withTx }: NotificationsContext): Promise<void> {
  const person = (n: string) => id('person', `case when ${n} <= ${most} then 1 else 2 + ${n} % ${people} end`)
  const organization = (n: string) => id('organization', `case when ${n} <= ${most} then 1 else 2 + ${n} % 5000 end`)
  const numbers = `generate_series(1, ${others}) n`
  // Ids are in the order of time.
  const at = (n: string) => `(now() - (${others} - ${n}) * interval '1 minute' * 60 * 24 * 60 / ${others})`
  const statements = [
    // What is older than a month was forgotten, but for a little; one in five hundred waits, and half of these are tried for the first time.
    `insert into message (id, event_id, request_id, template, user_id, organization_id, category, data, recipient, status, attempts, error, created_at)
      select ${id('message', 'n')}, ${id('event', 'n')}, 'request-' || n / 3, ('${templates}'::text[])[1 + n % 7], ${person('n')}, ${organization('n')}, 'account', '{}',
        case when n > ${others / 2} or n % 5000 = 0 then 'p' || n % ${people} || '@example.com' end,
        case when n > ${others} * 0.99 and n % 10 = 1 then 'pending' when n % 100 = 2 then 'failed' when n % 100 = 3 then 'suppressed' else 'sent' end,
        case when n % 20 = 1 then 0 else 1 end, null, ${at('n')} from ${numbers}`,
    // One in ten is unread, one in three in the archive.
    `insert into notification (id, user_id, sequence, category, title, body, event_id, request_id, created_at, read_at, archived_at)
      select ${id('notification', 'n')}, ${person('n')}, n, ('{account,billing,security,product}'::text[])[1 + n % 4], 'Title', 'Body', ${id('event', 'n')}, 'request-' || n / 3,
        ${at('n')}, case when n % 10 > 0 then now() end, case when n % 30 > 20 then now() end from ${numbers}`,
    `insert into reader (user_id, last_sequence) select ${id('person', 'n')}, ${others} from generate_series(1, ${people}) n`,
    // One in a thousand is due, and as many gather.
    `insert into digest (id, user_id, window_end, opened_at, closed_at)
      select ${id('digest', 'n')}, ${id('person', `n`)}, ${at('4 * n')} + case when n % 1000 = 2 then interval '99 days' else interval '0' end, ${at('4 * n')},
        case when n % 1000 > 2 or n % 1000 = 0 then case when n > ${others / 8} then ${at('4 * n')} else now() end end from generate_series(1, ${others / 4}) n`,
    `insert into digest_item (id, digest_id, user_id, category, title, body, event_id, request_id, created_at)
      select ${id('item', 'n')}, ${id('digest', '1 + n / 4')}, ${person('n')}, 'account', 'Title', 'Body', ${id('event', 'n')}, 'request-' || n / 3, ${at('n')} from ${numbers}`,
    `insert into preference (user_id, categories) select ${id('person', 'n')}, '{}' from generate_series(1, ${people}) n where n % 10 = 0`,
    `insert into suppression (id, address, reason, detail, user_id)
      select ${id('address', 'n')}, 'p' || n || '@example.com', 'bounced', 'No such person', ${id('person', 'n')} from generate_series(1, ${people}) n where n % 5 = 2`,
    `insert into provider_event (id, type, message_id, received_at)
      select 'svix-' || n, 'email.delivered', ${id('message', 'n')}, case when n % 1000 = 0 then ${at('1')} else now() end from ${numbers}`,
    `insert into webhook_endpoint (id, organization_id, url, description, event_types, sealed_secret, status, disabled_because)
      select ${id('endpoint', 'n')}, ${id('organization', `1 + n / 20`)}, 'https://example.com', '', '${types}', '', case when n % 50 = 1 then 'disabled' else 'enabled' end,
        case when n % 50 = 1 then 'failing' end from generate_series(0, 4999) n`,
    // One in forty is of one endpoint. One in a hundred failed, one in a thousand is due; a little is older than a month.
    `insert into webhook_delivery (id, endpoint_id, organization_id, event_id, message_id, event_type, body, status, attempts, request_id, next_attempt_at, created_at, settled_at)
      select ${idAt('at', 'n')}, ${id('endpoint', 'e')}, ${id('organization', '1 + e / 20')}, ${id('event', 'n')}, 'msg_' || n, ('${types}'::text[])[1 + n / 40 % 4], '{}',
        status, 1, 'request-' || n / 3, case when status = 'pending' then now() + (n % 60 - 30) * interval '1 minute' end, at, case when status <> 'pending' then at end
      from (select n, case when n % 40 = 0 then 0 else n % 5000 end as e,
          now() - case when n % 1000 = 0 then interval '40 days' else n * interval '25 days' / ${others} end as at,
          case when n % 100 = 7 then 'failed' when n % 1000 = 8 then 'pending' else 'delivered' end as status from ${numbers}) made`,
    `insert into webhook_attempt (delivery_id, number, at, duration_ms, request_headers, response_headers, response_body, response_truncated)
      select id, 1, created_at, 5, '{}', '{}', repeat(id::text, 20), false from webhook_delivery`,
    fillOutbox({
      count: others,
      type: 'notifications.webhook_endpoint.changed.v1',
      listeners: ['users'],
      id: id('event', 'n'),
      at: at('n'),
      userId: person('n'),
      organizationId: organization('n'),
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
