import { and, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { invitation } from './schema.ts'

/** Days after the last on which an invitation could be accepted. Until then it can be sent again. */
const KEPT = 30
/** At a time, so that no run takes long. */
const BATCH = 100

/** Whoever was invited and never came has no account with which to have their address erased: it goes by itself. */
export async function forgetInvited({ db }: UsersContext): Promise<void> {
  const due = db
    .select({ id: invitation.id })
    .from(invitation)
    .where(
      and(
        isNull(invitation.acceptedAt),
        isNotNull(invitation.email),
        lt(invitation.expiresAt, sql`now() - ${KEPT}::int * interval '1 day'`),
      ),
    )
    .limit(BATCH)
  await db.update(invitation).set({ email: null, emailKey: null }).where(inArray(invitation.id, due))
}
