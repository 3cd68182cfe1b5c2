import { and, asc, gt, inArray, lt, ne, sql, type SQL } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { registration } from './schema.ts'

// Before users is asked to make a person, their id is fixed on the registration (see `reserveUser`). If we fail right
// after, there is a person without an account, and only a registration of the same address with the same id can go on
// with them. So a reservation must outlive its registration, for as long as there is such a person.

/** Reservations that users is asked about at once. */
const PAGE = 500

/** Forgets of registrations whose time is over whatever the reservation does not need, and reservations of nobody. */
export async function sweepReservations(ctx: AuthContext): Promise<void> {
  const { db } = ctx
  await db
    .update(registration)
    .set({ email: '', name: '', passwordHash: '', browserHash: '' })
    .where(and(isReserved(), lt(registration.expiresAt, sql`now()`), ne(registration.email, '')))
  let after: string | undefined
  for (;;) {
    const page = await db
      .select({ id: registration.id, userId: registration.userId })
      .from(registration)
      // By then whoever followed the link in its last second has long had their answer, and users its call.
      .where(
        and(
          isReserved(),
          lt(registration.expiresAt, sql`now() - interval '1 hour'`),
          after === undefined ? undefined : gt(registration.id, after),
        ),
      )
      .orderBy(asc(registration.id))
      .limit(PAGE)
    const ids = [...new Set(page.flatMap(({ userId }) => userId ?? []))]
    if (ids.length === 0) return
    const { users } = await ctx.calls.users.readUsers({ ids })
    const made = new Set<string | null>(users.map(({ id }) => id))
    const ofNobody = page.filter(({ userId }) => !made.has(userId)).map(({ id }) => id)
    await db.delete(registration).where(inArray(registration.id, ofNobody))
    after = page.at(-1)?.id
  }
}

/** Users was asked to make a person for it, and it is no account yet. */
export function isReserved(): SQL {
  return sql`(${registration.userId} is not null and ${registration.settledAt} is null)`
}
