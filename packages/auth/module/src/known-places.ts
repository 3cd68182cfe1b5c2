import type { Tx } from '@lightpress/kernel'
import { and, eq, isNull } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { networkOfCaller } from './limits.ts'
import { networkOf } from './normalise.ts'
import { session } from './schema.ts'

/**
 * Whether this account was signed in to before from this network, with what calls itself the same. Sessions that are
 * over count; they are remembered for thirty days after their last use (see `sweep`), so whoever comes back after a
 * long time is unknown again, which is what OWASP ASVS 5.0 6.3.5 asks for. Where operators acted as the person from is
 * no place of theirs.
 */
export async function isKnownPlace(tx: Tx, userId: string, ctx: AuthContext): Promise<boolean> {
  const { userAgent } = ctx.request
  const sameAgent = userAgent === null ? isNull(session.userAgent) : eq(session.userAgent, userAgent)
  const places = await tx
    .selectDistinct({ ip: session.ip })
    .from(session)
    .where(and(eq(session.userId, userId), sameAgent, isNull(session.impersonatorId)))
  const network = networkOfCaller(ctx)
  return places.some(({ ip }) => ip !== null && networkOf(ip) === network)
}
