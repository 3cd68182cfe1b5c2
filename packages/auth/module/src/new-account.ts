import type { SessionUser } from '@lightpress/auth-contract'
import { newId, type Tx } from '@lightpress/kernel'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { holdAddress } from './addresses.ts'
import type { AuthContext } from './context.ts'
import { isPending, type Registration } from './registrations.ts'
import { account, registration } from './schema.ts'
import { readSessionUser, suspended } from './session-user.ts'

// How a registration becomes an account: the person's id is fixed on it, users makes the person, then the account is
// made under the same id. Whatever ends in between, the next try goes on with that id: one account or none.

/** The id the person will have: the one an earlier try for this address has asked users for, else a new one. */
export async function reserveUser(tx: Tx, pending: Registration): Promise<string | null> {
  if (!(await isStillPending(tx, pending))) return null
  const [reserved] = await tx
    .select({ userId: registration.userId })
    .from(registration)
    .where(
      and(eq(registration.emailKey, pending.emailKey), isNull(registration.settledAt), isNotNull(registration.userId)),
    )
    .limit(1)
  const userId = reserved?.userId ?? newId()
  await tx.update(registration).set({ userId }).where(eq(registration.id, pending.id))
  return userId
}

/**
 * Writes a registration down and has users make its person, for whoever has proved that the address is theirs already. A
 * password stays out of the row: what stands there for a moment must not be something that a mail could answer. Null
 * where somebody else was faster with the address.
 */
export async function reserveFor(pending: Registration, ctx: AuthContext): Promise<SessionUser | null> {
  const { email, name, locale } = pending
  const userId = await ctx.withTx(async (tx) => {
    await tx.insert(registration).values({ ...pending, passwordHash: '' })
    return reserveUser(tx, pending)
  })
  if (userId === null) return null
  await ctx.calls.users.createUser({ userId, email, name, locale })
  const user = await readSessionUser({ userId, organizationId: null }, ctx)
  // An earlier try may have made the person long ago.
  if (!user) throw suspended()
  return user
}

/**
 * Makes the account. The first of an address's registrations to come here wins; the others are worth nothing from then
 * on, and are answered null.
 */
export async function makeAccount(
  tx: Tx,
  pending: Registration,
  userId: string,
): Promise<{ sessionVersion: number } | null> {
  if (!(await isStillPending(tx, pending))) return null
  const { email, emailKey, passwordHash } = pending
  const [created] = await tx
    .insert(account)
    .values({ userId, email, emailKey, passwordHash: passwordHash === '' ? null : passwordHash })
    .returning({ sessionVersion: account.sessionVersion })
  await tx
    .update(registration)
    .set({ settledAt: new Date() })
    .where(and(eq(registration.emailKey, emailKey), isNull(registration.settledAt)))
  return created as { sessionVersion: number }
}

/** Holds the address until the transaction ends, so that no two registrations can become its account. */
async function isStillPending(tx: Tx, { id, emailKey }: Registration): Promise<boolean> {
  await holdAddress(tx, emailKey)
  const [still] = await tx
    .select({ id: registration.id })
    .from(registration)
    .leftJoin(account, eq(account.emailKey, registration.emailKey))
    .where(and(eq(registration.id, id), isPending(), isNull(account.userId)))
  return still !== undefined
}
