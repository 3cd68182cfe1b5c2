import { decodeCursor, pageFrom, type Db } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, desc, inArray } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { exactTime, earlierThan, TimeKey } from './keyset.ts'
import { findLike, type Searched } from './likeness.ts'
import {
  inState,
  organizationColumns,
  toAdminOrganization,
  toAdminUser,
  userColumns,
  type State,
} from './operator-views.ts'
import { organization, person } from './schema.ts'
import { folded, nameAndAddress } from './search-text.ts'

type Asked = Input<Ops['searchUsers']>
interface Found {
  ids: string[]
  nextCursor: string | null
}

const people: Searched = {
  table: person,
  name: person.name,
  text: nameAndAddress(person),
  keys: [folded(person.name), folded(person.emailKey)],
}
const organizations: Searched = {
  table: organization,
  name: organization.name,
  text: folded(organization.name),
  keys: [folded(organization.name)],
}

export async function searchUsers(asked: Asked, ctx: UsersContext): Promise<Output<Ops['searchUsers']>> {
  const { ids, nextCursor } = await find(people, asked, ctx)
  const rows = await ctx.db.select(userColumns(ctx.db)).from(person).where(inArray(person.id, ids))
  return { items: inOrder(ids, rows.map(toAdminUser)), nextCursor }
}

export async function searchOrganizations(
  asked: Input<Ops['searchOrganizations']>,
  ctx: UsersContext,
): Promise<Output<Ops['searchOrganizations']>> {
  const { ids, nextCursor } = await find(organizations, asked, ctx)
  const rows = await ctx.db.select(organizationColumns(ctx.db)).from(organization).where(inArray(organization.id, ids))
  return { items: inOrder(ids, rows.map(toAdminOrganization)), nextCursor }
}

/** First which they are, so that what else is told of them is read for a page and not for all that was looked at. */
function find(searched: Searched, { query, ...page }: Asked, ctx: UsersContext): Promise<Found> {
  return query === undefined ? findNewest(searched, page, ctx.db) : findLike(searched, { query, ...page }, ctx)
}

async function findNewest(
  { table }: Searched,
  { state, limit, cursor }: { state?: State | undefined; limit: number; cursor?: string | undefined },
  db: Db,
): Promise<Found> {
  const after = decodeCursor(cursor, TimeKey)
  const key = [table.createdAt, table.id] as const
  const rows = await db
    .select({ id: table.id, at: exactTime(table.createdAt) })
    .from(table)
    .where(and(state && inState(table, state), after && earlierThan(after, key)))
    .orderBy(...key.map((column) => desc(column)))
    .limit(limit + 1)
  const { items, nextCursor } = pageFrom(rows, limit, ({ at, id }) => [at, id])
  return { ids: items.map(({ id }) => id), nextCursor }
}

/** Whoever was erased between the two questions is left out. */
function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
