import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Subject } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { data } from '../src/held-data.ts'
import { account, auditEntry, auditOrigin, refreshToken, session } from '../src/schema.ts'
import { countWaiting, createAccount, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
let ctx: AuthContext
beforeAll(async () => {
  app = await start()
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterAll(() => app.close())

function erase(id: string) {
  const subject: Subject = { kind: 'person', id }
  return app.callAs('users', contract).eraseData({ subject, erasureId: newId(), batch: 0 })
}

const sessionOf = (userId: string) => eq(session.userId, userId)

/** What holds two kinds of rows one after the other, as the product does. */
const requests: Record<string, [(userId: string) => SQL, (userId: string) => SQL]> = {
  'a refresh': [
    (userId) => sql`select from ${session} where ${sessionOf(userId)} for update`,
    (userId) => sql`update ${refreshToken} set used_at = now()
      where session_id in (select id from ${session} where ${sessionOf(userId)})`,
  ],
  'who is shut out': [
    (userId) => sql`update ${account} set session_version = 7 where ${eq(account.userId, userId)}`,
    (userId) => sql`update ${session} set ended_at = now() where ${sessionOf(userId)}`,
  ],
}

describe('an erasure', () => {
  it.each(Object.entries(requests))('and %s do not wait for each other', async (_what, [first, second]) => {
    const { user } = await createAccount(app)
    const held = Promise.withResolvers<void>()
    const erased = held.promise.then(() => erase(user.id))
    await ctx.withTx(async (tx) => {
      await tx.execute(first(user.id))
      held.resolve()
      await until(
        () => countWaiting(app),
        (count) => count > 0,
      )
      await tx.execute(second(user.id))
    })
    expect(await erased).toMatchObject({ done: true })
    expect(await ctx.db.$count(account, eq(account.userId, user.id))).toBe(0)
  })

  it('that an event comes after has no more rows about the person than it said', async () => {
    const { user } = await createAccount(app)
    await erase(user.id)
    app.users.people.delete(user.id)
    await app.deliver(accessChanged, { userId: user.id, change: 'removed', actorId: null })
    const entries = ctx.db
      .select({ id: auditEntry.id })
      .from(auditEntry)
      .where(and(eq(auditEntry.userId, user.id), eq(auditEntry.action, 'access_removed')))
    expect(await entries).toHaveLength(1)
    expect(await ctx.db.$count(auditOrigin, sql`entry_id in ${entries}`)).toBe(0)
    const { items } = await app
      .callAs('users', contract)
      .describeErasure({ subjects: [{ kind: 'person', id: user.id }] })
    expect(items.filter(({ outcome }) => outcome !== 'kept')).toEqual([])
  })
})

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  Plans?: Node[]
}

/** Tables that the plan of these rows reads from their beginning although that is what it was told to avoid. */
async function scannedBy(table: Parameters<typeof ctx.db.$count>[0], rows: SQL): Promise<string[]> {
  return ctx.withTx(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`)
    const { rows: plans } = await tx.execute<{ 'QUERY PLAN': { Plan: Node }[] }>(
      sql`explain (format json) select from ${table} where ${rows}`,
    )
    const nodes = plans[0]!['QUERY PLAN'].flatMap(({ Plan }) => flatten(Plan))
    const scans = nodes.filter(
      (node) => node['Node Type'] === 'Seq Scan' || (node['Node Type'].startsWith('Index') && !node['Index Cond']),
    )
    return scans.map((node) => String(node['Relation Name']))
  })
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)]
}

describe('what auth holds', () => {
  const said = data.holdings.flatMap(({ name, table, person, organization }) =>
    [person, organization].flatMap((about) => (about ? [{ name, table, rows: about.rows(newId())! }] : [])),
  )

  it.each(said)('is found by an index: $name', async ({ table, rows }) => {
    expect(await scannedBy(table, rows)).toEqual([])
  })

  it('can go without a look through every table that points at it', async () => {
    const { rows } = await ctx.db.execute<{ column: string }>(sql`
      select c.conrelid::regclass || '.' || a.attname as column
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.connamespace = 'auth'::regnamespace and not exists (
        select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and i.indpred is null
      )`)
    expect(rows).toEqual([])
  })
})
