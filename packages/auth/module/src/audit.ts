import { securityAlerted, type AlertAction, type AuditAction } from '@lightpress/auth-contract'
import { newId, publish, type Tx } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { auditEntry, auditOrigin } from './schema.ts'

/** What an entry is about, beside what the request says by itself. */
export interface Recorded {
  action: AuditAction
  /** Whose account it is; null when nobody has the address. */
  userId: string | null
  /** Who did it, where that is not who is signed in. */
  actorId?: string | null
  organizationId?: string | null
  sessionId?: string | null
  /** The address to tell of it, where that is not the account's. */
  email?: string
}

/** Writes an entry of the audit log in the transaction of what it records, so that there is both or neither. */
export async function record(tx: Tx, { email, ...about }: Recorded, ctx: AuthContext): Promise<string> {
  const id = newId()
  const { requestId, ip, userAgent } = ctx.request
  const { identity } = ctx.caller
  await tx.insert(auditEntry).values({
    id,
    requestId,
    actorId: identity?.userId ?? null,
    organizationId: identity?.organizationId ?? null,
    sessionId: identity?.sessionId ?? null,
    ...about,
  })
  await tx.insert(auditOrigin).values({ entryId: id, ip, userAgent, ...(email !== undefined && { email }) })
  return id
}

/** Writes an entry and has the person told of it. */
export async function recordAndAlert(
  tx: Tx,
  about: Recorded & { action: AlertAction; userId: string },
  ctx: AuthContext,
): Promise<void> {
  const auditEntryId = await record(tx, about, ctx)
  await publish(tx, securityAlerted, { auditEntryId, userId: about.userId })
}
