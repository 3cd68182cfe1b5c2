import { decodeCursor, pageFrom, type Db } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import type { Member } from '@lightpress/users-contract'
import { and, asc, eq, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { imageUrl } from './image-url.ts'
import { exactTime, laterThan, TimeKey } from './keyset.ts'
import { requireRole } from './organization-access.ts'
import { membership, person } from './schema.ts'
import { includes, nameAndAddress } from './search-text.ts'

export async function listMembers(
  { id, query, role, limit, cursor }: Input<Ops['listMembers']>,
  ctx: UsersContext,
): Promise<Output<Ops['listMembers']>> {
  await requireRole({ id, atLeast: 'member', what: 'see its members' }, ctx)
  const after = decodeCursor(cursor, TimeKey)
  const rows = await membersOf(ctx.db, areListed({ id, query, role }, after))
    .orderBy(...key.map((column) => asc(column)))
    .limit(limit + 1)
  const { items, nextCursor } = pageFrom(rows, limit, ({ exactAt, userId }) => [exactAt, userId])
  return { items: items.map(toMember), nextCursor }
}

const key = [membership.createdAt, membership.userId] as const

/** The members that a list asks for, in the order in which they joined, after where a page of it ended. */
export function areListed(
  { id, query, role }: Pick<Input<Ops['listMembers']>, 'id' | 'query' | 'role'>,
  after: TimeKey | undefined,
): SQL | undefined {
  return and(
    eq(membership.organizationId, id),
    role && eq(membership.role, role),
    query === undefined ? undefined : includes(nameAndAddress(person), query),
    after && laterThan(after, key),
  )
}

/** One member; undefined for whoever is not in it (any more). */
export async function findMember(db: Db, { id, userId }: { id: string; userId: string }): Promise<Member | undefined> {
  const [found] = await membersOf(db, and(eq(membership.organizationId, id), eq(membership.userId, userId)))
  return found && toMember(found)
}

export function memberNotFound(): AppError {
  return new AppError('not_found', 'users.member_not_found', 'This person is not a member of the organisation.')
}

function membersOf(db: Db, which: SQL | undefined) {
  return db
    .select({
      userId: membership.userId,
      name: person.name,
      email: person.email,
      avatar: person.avatar,
      role: membership.role,
      joinedAt: membership.createdAt,
      exactAt: exactTime(membership.createdAt),
    })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(which)
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof membersOf>>[number]

function toMember({ avatar, joinedAt, exactAt: _, ...row }: Row): Member {
  return { ...row, avatarUrl: imageUrl(avatar), joinedAt: joinedAt.toISOString() }
}
