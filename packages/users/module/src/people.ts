import { identityOf, newId, prepared, publish, type Tx } from '@lightpress/kernel'
import { AppError, emailKey, type Input, type Output } from '@lightpress/protocol'
import { timeZoneChanged, userCreated, type Profile } from '@lightpress/users-contract'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { imageUrl } from './image-url.ts'
import { membership, organization, person } from './schema.ts'

export async function getMe(_input: Input<Ops['getMe']>, ctx: UsersContext): Promise<Output<Ops['getMe']>> {
  const [me] = await selectPerson(ctx.db).execute({ id: identityOf(ctx).userId })
  if (!me) throw userNotFound()
  return toProfile(me)
}

const selectPerson = prepared((db) =>
  db
    .select()
    .from(person)
    .where(and(eq(person.id, sql.placeholder('id')), isNull(person.closedAt)))
    .prepare('users_person'),
)

export async function updateMe(changes: Input<Ops['updateMe']>, ctx: UsersContext): Promise<Output<Ops['updateMe']>> {
  if (Object.keys(changes).length === 0) return getMe({}, ctx)
  const { userId } = identityOf(ctx)
  return ctx.withTx(async (tx) => {
    const held = await holdPerson(tx, userId)
    const [changed] = await tx.update(person).set(changes).where(eq(person.id, userId)).returning()
    const me = changed as typeof held
    if (me.timeZone !== held.timeZone) await publish(tx, timeZoneChanged, { userId })
    return toProfile(me)
  })
}

/** Called when an address was verified. Twice, or after a crash in between, is the same as once. */
export async function createUser(
  input: Input<Ops['createUser']>,
  ctx: UsersContext,
): Promise<Output<Ops['createUser']>> {
  return ctx.withTx(async (tx) => (await insertUser(input, tx)) ?? (await existingUser(input.userId, tx)))
}

/**
 * Undefined if the id or the address is there already. No conflict target: with the id as the only one, two inserts of
 * one person at the same moment can meet at the unique address first, which would be an error.
 */
async function insertUser({ userId, email, name, locale }: Input<Ops['createUser']>, tx: Tx) {
  const values = { id: userId, email, emailKey: emailKey(email), name, locale }
  const [created] = await tx.insert(person).values(values).onConflictDoNothing().returning({ id: person.id })
  if (!created) return undefined
  const organizationId = newId()
  await tx.insert(organization).values({ id: organizationId, name: personalName(name), personalOf: userId })
  await tx.insert(membership).values({ organizationId, userId, role: 'owner' })
  await publish(tx, userCreated, { userId, organizationId })
  return { userId, organizationId }
}

async function existingUser(userId: string, tx: Tx) {
  const [existing] = await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.personalOf, userId))
  if (!existing) throw new AppError('conflict', 'users.email_taken', 'This address belongs to another person.')
  return { userId, organizationId: existing.id }
}

export async function readUsers(
  { ids }: Input<Ops['readUsers']>,
  ctx: UsersContext,
): Promise<Output<Ops['readUsers']>> {
  if (ids.length === 0) return { users: [] }
  return {
    users: await ctx.db
      .select()
      .from(person)
      .where(and(inArray(person.id, ids), isNull(person.closedAt))),
  }
}

/**
 * Somebody as they are until the transaction ends: nobody is being erased meanwhile, and of two things that count what is
 * theirs one comes after the other. Organisations are held before.
 */
export async function holdPerson(tx: Tx, id: string): Promise<typeof person.$inferSelect> {
  const [held] = await tx
    .select()
    .from(person)
    .where(and(eq(person.id, id), isNull(person.closedAt)))
    .for('no key update')
  if (!held) throw userNotFound()
  return held
}

/** Nobody has this id: of a caller, the token outlived the person it was for. */
export function userNotFound(): AppError {
  return new AppError('not_found', 'users.user_not_found', 'There is no such person.')
}

function personalName(name: string): string {
  return `${name.slice(0, 88)}’s workspace`
}

export function toProfile({ avatar, createdAt, ...me }: typeof person.$inferSelect): Profile {
  return { ...me, avatarUrl: imageUrl(avatar), createdAt: createdAt.toISOString() }
}
