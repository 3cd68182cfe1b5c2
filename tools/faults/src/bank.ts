import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { APPLICATION, type Query } from './driver.ts'

// Money that is moved about: whatever a driver does to its connections, none may appear or vanish.

const ACCOUNTS = 64
const OPENING = 1_000

/** Makes the bank anew, for the role that the kernel works as (`faults_app`). */
export async function openBank(admin: pg.Client): Promise<void> {
  await admin.query(`
    do $$ begin create role faults_app nologin; exception when duplicate_object or unique_violation then null; end $$;
    drop schema if exists faults cascade;
    create schema faults;
    create table faults.account (id int primary key, balance bigint not null);
    create table faults.entry (transfer uuid not null, account int not null, amount bigint not null);
    insert into faults.account select id, ${OPENING} from generate_series(1, ${ACCOUNTS}) id;
    grant usage on schema faults to faults_app;
    grant all on all tables in schema faults to faults_app;
  `)
}

/** Moves money between two random accounts, in four statements that belong together. */
export async function transfer(query: Query, id: string): Promise<void> {
  const from = randomInt(ACCOUNTS)
  const to = (from + 1 + randomInt(ACCOUNTS - 1)) % ACCOUNTS
  const amount = 1 + randomInt(100)
  const sides = [
    { account: from + 1, change: -amount },
    { account: to + 1, change: amount },
  ].sort((a, b) => a.account - b.account) // Always locked in the same order: a deadlock would be the bank's fault.
  for (const { account, change } of sides) {
    await query`update faults.account set balance = balance + ${change} where id = ${account}`
    await query`insert into faults.entry (transfer, account, amount) values (${id}, ${account}, ${change})`
  }
}

/** What does not add up, in words; empty when every transaction was whole and every promise kept. */
export async function audit(
  admin: pg.Client,
  { committed, refused }: { committed: readonly string[]; refused: readonly string[] },
): Promise<string[]> {
  const count = async (query: string, parameters: unknown[] = []) =>
    Number((await admin.query<{ count: string }>(query, parameters)).rows[0]?.count)
  const sum = await count('select sum(balance) as count from faults.account')
  const half = await count(
    'select count(*) from (select from faults.entry group by transfer having count(*) <> 2 or sum(amount) <> 0) half',
  )
  const astray = await count(
    `select count(*) from faults.account a
     where balance <> ${OPENING} + (select coalesce(sum(amount), 0) from faults.entry where account = a.id)`,
  )
  const lost = await count(
    'select count(*) from unnest($1::uuid[]) id where not exists (select from faults.entry where transfer = id)',
    [committed],
  )
  const kept = await count('select count(distinct transfer) from faults.entry where transfer = any($1::uuid[])', [
    refused,
  ])
  return [
    ...(sum === ACCOUNTS * OPENING ? [] : [`the sum of all accounts is ${sum}, not ${ACCOUNTS * OPENING}`]),
    ...Array<string>(half).fill('half of a transaction was committed'),
    ...Array<string>(astray).fill('an account does not agree with its entries'),
    ...Array<string>(lost).fill('a transaction that its caller was told was committed is not there'),
    ...Array<string>(kept).fill('a transaction that was rolled back is there'),
  ]
}

/** Waits until PostgreSQL is done with what the killed and the crashed have left behind. */
export async function settled(admin: pg.Client): Promise<void> {
  const left = 'select from pg_stat_activity where application_name = $1 and datname = current_database()'
  while ((await admin.query(left, [APPLICATION])).rowCount) await new Promise((resolve) => setTimeout(resolve, 50))
}
