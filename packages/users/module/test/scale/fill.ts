import { fillOutbox } from '@lightpress/testing'
import pg from 'pg'

/** How many of each there are. */
export interface Size {
  people: number
  organizations: number
  /** Members of one organisation, organisations of one person, and what happened in one organisation. */
  most: { members: number; organizations: number; activities: number }
  /** Of what else there is: invitations, files, exports, erasures, and what happened elsewhere. */
  others: number
}

const kinds = {
  person: 0,
  organization: 1,
  invitation: 2,
  activity: 3,
  file: 4,
  export: 5,
  erasure: 6,
  sending: 7,
  event: 8,
}

/** The id of the nth of a kind. The first organisation has the most members, the first person the most organisations. */
export function idOf(kind: keyof typeof kinds, n: number): string {
  return `019000${kinds[kind]}0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

const id = (kind: keyof typeof kinds, n: string) =>
  `('019000${kinds[kind]}0-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`
const minuteOf = (n: string) => `timestamptz '2024-01-01Z' + (${n}) * interval '1 minute'`

const first = `{Ada,Olu,Mia,Maria,José,Élodie,Jürgen,Zoë,Noah,Emma,Aisha,Mohammed,محمد,王伟,李娜,Ирина,Søren,François,Ngoc,Yuki,Priya,Arjun,John,Joanna,Joseph,Anna,Sven,Björn,Lucía}`
const last = `{Lovelace,García,Smith,Müller,Schmidt,Dubois,Nguyen,Tanaka,Patel,Khan,Ivanova,Kowalski,Okafor,Silva,Rossi,Jensen,Novák,Horvat,Kim,Chen,O’Connor,Murphy,Lindqvist,van den Berg,de Vries,Papadopoulos,Yılmaz,Demir,Haddad,Adeyemi,Sato}`
const nameOf = (n: string) =>
  `('${first}'::text[])[1 + (${n}) * 7 % 29] || ' ' || ('${last}'::text[])[1 + (${n}) / 29 % 31] || case when (${n}) % 3 = 0 then ' ' || initcap(substr(md5((${n})::text), 1, 6)) else '' end`

/** One in a thousand is suspended, one in two thousand is being erased. */
const stateOf = (n: string) => `case when ${n} % 1000 = 7 then now() end, case when ${n} % 2000 = 9 then now() end`

/**
 * Fills the tables of users, as many rows as there are after years, in the fastest way that leaves the same tables and
 * indexes: constraints are not checked, and indexes are made when all is there.
 */
export async function fill(url: string, { people, organizations, most, others }: Size): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(
      `set session_replication_role = replica; set maintenance_work_mem = '256MB'; set search_path = users, public; set synchronous_commit = off`,
    )
    const { rows: indexes } = await client.query<{ name: string; sql: string }>(
      `select c.relname as name, pg_get_indexdef(c.oid) as sql from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'users'::regnamespace and not exists (select from pg_constraint k where k.conindid = c.oid)`,
    )
    await client.query(indexes.map(({ name }) => `drop index ${name}`).join(';'))
    await client.query(`insert into person (id, email, email_key, name, suspended_at, closed_at, created_at)
      select ${id('person', 'n')}, email, email, name, ${stateOf('n')}, ${minuteOf('n')}
      from (select n, ${nameOf('n')} as name, 'p' || n || '.' || substr(md5(n::text), 1, 5) || '@company' || n % 997 || '.example' as email
            from generate_series(1, ${people}) n) made`)
    await client.query(`insert into organization (id, name, suspended_at, closed_at, created_at)
      select ${id('organization', 'n')}, ${nameOf('n * 3')} || ' ' || ('{Ltd,GmbH,SARL,Inc,& Sons}'::text[])[1 + n % 5], ${stateOf('n')}, ${minuteOf('n * 10')}
      from generate_series(1, ${organizations}) n`)
    // Everybody is in one, and there are two with the most of them.
    await client.query(`insert into membership (organization_id, user_id, role, created_at)
      select ${id('organization', `case when n <= ${most.members} then 1 else 2 + n % ${organizations - 1} end`)}, ${id('person', 'n')},
        case when n % 5000 = 1 then 'owner' when n % 100 = 2 then 'admin' else 'member' end, ${minuteOf('n')}
      from generate_series(1, ${people}) n
      union all select ${id('organization', 'n + 10')}, ${id('person', '1')}, 'owner', ${minuteOf('n')} from generate_series(1, ${most.organizations}) n`)
    await client.query(`insert into activity (id, organization_id, at, action, actor_id, user_id, role)
      select ${id('activity', 'n')}, ${id('organization', `case when n <= ${most.activities} then 1 else n % ${organizations} end`)}, ${minuteOf('n')},
        case when n % 500 = 0 then 'role_changed' else 'member_joined' end, ${id('person', '1 + n % 5000')}, ${id('person', `1 + n % ${people}`)}, 'member'
      from generate_series(1, ${most.activities + 2 * others}) n`)
    await client.query(`insert into invitation (id, organization_id, email, email_key, role, invited_by, created_at, sent_at, expires_at, accepted_at, accepted_by)
      select ${id('invitation', 'n')}, ${id('organization', `case when n <= ${others / 4} then 1 else n % ${organizations} end`)}, 'i' || n || '@invited.example', 'i' || n || '@invited.example', 'member', ${id('person', '1')},
        ${minuteOf('n')}, ${minuteOf('n')}, ${minuteOf('n + 10080')}, case when n % 2 = 0 then now() end, case when n % 2 = 0 then ${id('person', 'n')} end
      from generate_series(1, ${others}) n`)
    await client.query(`insert into file (name, kind, state, user_id, organization_id, created_at)
      select n || '.webp', 'image', 'live', ${id('person', 'n')}, ${id('organization', `1 + n % ${organizations}`)}, ${minuteOf('n')} from generate_series(1, ${others}) n`)
    await client.query(`insert into export (id, subject_kind, subject_id, requested_by, state, created_at, queued_at, ready_at, expires_at)
      select ${id('export', 'n')}, case when n % 2 = 0 then 'person' else 'organization' end, case when n % 2 = 0 then ${id('person', 'n')} else ${id('organization', 'n')} end, ${id('person', 'n')}, 'ready', now() - n * interval '1 second', ${minuteOf('n')}, ${minuteOf('n')}, ${minuteOf('n')}
      from generate_series(1, ${others}) n`)
    await client.query(`insert into sending (id, key, at)
      select ${id('sending', 'n')}, md5((n % 1000)::text), now() - n * interval '1 second' from generate_series(1, least(${others}, 80000)) n`)
    await client.query(`insert into erasure (id, subject_kind, subject_id, requested_by, created_at, steps, receipt, finished_at)
      select ${id('erasure', 'n')}, 'person', ${id('person', `n + ${people}`)}, ${id('person', `n + ${people}`)}, ${minuteOf('n')}, '[]', '[]', ${minuteOf('n')}
      from generate_series(1, ${others}) n`)
    await client.query(`insert into idempotency (operation, caller, key, fingerprint)
      select 'inviteMember', ${id('person', 'n')}, n::text, '' from generate_series(1, ${others}) n`)
    await client.query(
      fillOutbox({
        count: 5 * others,
        type: 'users.membership.changed.v1',
        listeners: ['auth', 'billing', 'notifications'],
        id: id('event', 'n'),
        at: minuteOf('n'),
        userId: id('person', '1 + n % 50'),
        organizationId: id('organization', '1 + n % 50'),
      }),
    )
    for (const { sql } of indexes) await client.query(sql)
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}
