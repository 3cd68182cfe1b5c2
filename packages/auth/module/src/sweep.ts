import { and, eq, lt, not, notExists, sql } from 'drizzle-orm'
import { isForgotten } from './api-keys.ts'
import type { AuthContext } from './context.ts'
import { isReserved, sweepReservations } from './reservations.ts'
import {
  allowance,
  apiKey,
  emailChange,
  lockout,
  passwordReset,
  recovery,
  refreshToken,
  registration,
  revocation,
  session,
  signingKey,
  ticket,
} from './schema.ts'

/** Deletes what has no effect any more. */
export async function sweep(ctx: AuthContext): Promise<void> {
  const { db } = ctx
  const now = new Date()
  await db.delete(registration).where(and(lt(registration.expiresAt, now), not(isReserved())))
  await db.delete(ticket).where(lt(ticket.expiresAt, now))
  await db.delete(passwordReset).where(lt(passwordReset.expiresAt, now))
  // Kept a while, so that whoever follows a link again hears what became of it.
  await db.delete(emailChange).where(lt(emailChange.expiresAt, sql`now() - interval '30 days'`))
  await db.delete(recovery).where(lt(recovery.expiresAt, sql`now() - interval '30 days'`))
  await db.delete(refreshToken).where(lt(refreshToken.expiresAt, now))
  // Nobody can renew it any more. Whence somebody signed in, with what, is kept no longer than that.
  const tokens = db.select({ hash: refreshToken.hash }).from(refreshToken).where(eq(refreshToken.sessionId, session.id))
  await db.delete(session).where(notExists(tokens))
  await db.delete(revocation).where(lt(revocation.createdAt, sql`now() - interval '1 day'`))
  await db.delete(allowance).where(lt(allowance.freeAt, sql`now()`))
  await db.delete(lockout).where(lt(lockout.forgottenAt, sql`now()`))
  await db.delete(apiKey).where(isForgotten())
  await db.delete(signingKey).where(lt(signingKey.retiresAt, sql`now() - interval '30 days'`))
  // Last, because it takes users to answer.
  await sweepReservations(ctx)
}
