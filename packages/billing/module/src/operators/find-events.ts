import type { StripeEvent } from '@lightpress/billing-contract'
import type { Db } from '@lightpress/kernel'
import type { Input } from '@lightpress/protocol'
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import type { BillingContext, Ops } from '../context.ts'
import { customer, stripeEvent } from '../schema.ts'

/** Where an event stands in the list: when it was received, to the microsecond, and its id. */
type Place = [receivedAt: string, id: string]

interface Search extends Partial<Pick<Input<Ops['listStripeEvents']>, 'type' | 'organizationId' | 'outcome'>> {
  id?: string
  before?: Place | undefined
  limit: number
}

/** Newest first. */
export async function findEvents(
  search: Search,
  { db }: BillingContext,
): Promise<{ event: StripeEvent; key: Place }[]> {
  const rows = await select(db)
    .where(await whichOf(search, db))
    .orderBy(...newestFirst)
    .limit(search.limit)
  return rows.map(({ receivedExactly, createdAt, receivedAt, sequence: _, ...row }) => ({
    event: { ...row, createdAt: createdAt.toISOString(), receivedAt: receivedAt.toISOString() },
    key: [receivedExactly, row.id],
  }))
}

/** What is looked for, and where no index has it in the order of the list, the newest of each part of which one has. */
async function whichOf({ id, type, organizationId, outcome, before, limit }: Search, db: Db): Promise<SQL | undefined> {
  const where = and(
    id === undefined ? undefined : eq(stripeEvent.id, id),
    organizationId === undefined ? undefined : sql`${stripeEvent.stripeCustomerId} = ${idOf(organizationId, db)}`,
    outcome && outcomes[outcome],
    before && sql`(${stripeEvent.receivedAt}, ${stripeEvent.id}) < (${before[0]}::timestamptz, ${before[1]})`,
  )
  const typed = and(where, type === undefined ? undefined : beginsWith(type))
  if (id !== undefined || organizationId !== undefined) return typed
  if (outcome === 'waiting') {
    const behind = await findBehind(db)
    return behind ? inArray(stripeEvent.id, newestOfCustomers(behind, { where: typed, limit }, db)) : typed
  }
  if (type === undefined && outcome === undefined) return where
  const parts = outcome === undefined ? [isTaken, isIgnored] : [outcome === 'ignored' ? isIgnored : isTaken]
  const newest = parts.map((part) => newestOfTypes({ type, part, where, limit }, db))
  return sql`${stripeEvent.id} in (${sql.join(newest, sql` union all `)})`
}

const newestFirst = [desc(stripeEvent.receivedAt), desc(stripeEvent.id)]

const isWaiting = sql<boolean>`coalesce(${stripeEvent.sequence}, ${customer.dirtySequence}) > ${customer.appliedSequence}`

/** Of before it was kept why one is ignored, and with which number the others came, the customer says what it was. */
const outcomeOf = sql<StripeEvent['outcome']>`case
  when ${stripeEvent.ignoredBecause} is not null or ${customer.organizationId} is null then 'ignored'
  when ${isWaiting} then 'waiting'
  else 'read' end`

/** In the words of the indexes. */
const isIgnored = isNotNull(stripeEvent.ignoredBecause)
const isTaken = isNull(stripeEvent.ignoredBecause)

const outcomes: Record<StripeEvent['outcome'], SQL | undefined> = {
  ignored: isIgnored,
  waiting: and(isTaken, isWaiting),
  read: and(isTaken, isNotNull(customer.organizationId), sql`not ${isWaiting}`),
}

function select(db: Db) {
  return db
    .select({
      ...getTableColumns(stripeEvent),
      organizationId: customer.organizationId,
      outcome: outcomeOf,
      receivedExactly: sql<string>`to_char(${stripeEvent.receivedAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    })
    .from(stripeEvent)
    .leftJoin(customer, eq(customer.stripeCustomerId, stripeEvent.stripeCustomerId))
    .$dynamic()
}

function idOf(organizationId: string, db: Db) {
  return db.select({ id: customer.stripeCustomerId }).from(customer).where(eq(customer.organizationId, organizationId))
}

/** `_` is a letter of types, and no wildcard. */
function beginsWith(prefix: string): SQL {
  return sql`starts_with(${stripeEvent.type}, ${prefix})`
}

/**
 * The newest of each type that begins so, of those that concern us or of those that do not: of the types that there are, a
 * few dozen, each has its part of an index in the order of the list, which all of them together have not.
 */
function newestOfTypes(
  { type = '', part, where, limit }: { type: string | undefined; part: SQL; where: SQL | undefined; limit: number },
  db: Db,
): SQL {
  const newest = newestWhere({ where: and(sql`${stripeEvent.type} = kind.type`, part, where), limit }, db)
  return sql`(
    with recursive kind (type) as (
      (select min(${stripeEvent.type}) from ${stripeEvent} where ${part})
      union all
      select (select min(${stripeEvent.type}) from ${stripeEvent} where ${part} and ${stripeEvent.type} > kind.type)
      from kind where kind.type is not null
    )
    select newest.id from kind cross join lateral (${newest}) newest
    where starts_with(kind.type, ${type})
  )`
}

/** So many customers that are behind are an outage, and then what waits is among the newest of all. */
const OUTAGE = 1_000

/** The customers that are behind; undefined in an outage. */
async function findBehind(db: Db): Promise<string[] | undefined> {
  const behind = await db
    .select({ id: customer.stripeCustomerId })
    .from(customer)
    .where(sql`${customer.appliedSequence} < ${customer.dirtySequence}`)
    .orderBy(asc(customer.requestedAt))
    .limit(OUTAGE)
  return behind.length < OUTAGE ? behind.map(({ id }) => id) : undefined
}

function newestOfCustomers(
  ids: readonly string[],
  { where, limit }: { where: SQL | undefined; limit: number },
  db: Db,
): SQL {
  const newest = newestWhere({ where: and(sql`${stripeEvent.stripeCustomerId} = behind.id`, where), limit }, db)
  return sql`(
    select newest.id from unnest(${sql.param([...ids])}::text[]) behind (id) cross join lateral (${newest}) newest
  )`
}

function newestWhere({ where, limit }: { where: SQL | undefined; limit: number }, db: Db) {
  return db
    .select({ id: stripeEvent.id })
    .from(stripeEvent)
    .leftJoin(customer, eq(customer.stripeCustomerId, stripeEvent.stripeCustomerId))
    .where(where)
    .orderBy(...newestFirst)
    .limit(limit)
}
