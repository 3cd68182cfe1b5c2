import { identityOf } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { session } from './schema.ts'
import { sessionEnded } from './sessions.ts'

/** As the token says, because by that the seam judges what may be done. */
export async function getSession(
  _input: Input<Ops['getSession']>,
  ctx: AuthContext,
): Promise<Output<Ops['getSession']>> {
  const { sessionId, userId, organizationId, role, operator, authenticatedAt, impersonatorId } = identityOf(ctx)
  return {
    id: sessionId,
    userId,
    organizationId,
    role,
    operator,
    authenticatedAt: new Date(authenticatedAt * 1000).toISOString(),
    impersonation: impersonatorId === null ? null : { operatorId: impersonatorId, endsAt: await endOf(sessionId, ctx) },
  }
}

async function endOf(sessionId: string, { db }: AuthContext): Promise<string> {
  const [found] = await db.select({ endsAt: session.endsAt }).from(session).where(eq(session.id, sessionId))
  if (!found?.endsAt) throw sessionEnded()
  return found.endsAt.toISOString()
}
