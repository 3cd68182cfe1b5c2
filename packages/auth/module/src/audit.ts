import {
  securityAlerted,
  type AlertAction,
  type AuditAction,
  type SecondFactor,
  type SignInMethod,
} from '@lightpress/auth-contract'
import { causeOf, newId, publish, type Tx } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'
import { auditEntry, auditOrigin } from './schema.ts'

/** What an entry is about, beside what the request says by itself. */
export interface Recorded {
  action: AuditAction
  /** Whose account it is; null when nobody has the address. */
  userId: string | null
  /** Who did it, where that is not who is signed in; then nobody acted as them unless `impersonatorId` says so. */
  actorId?: string | null
  impersonatorId?: string | null
  organizationId?: string | null
  sessionId?: string | null
  apiKeyId?: string
  /** Of a sign-in, or a proof. */
  method?: SignInMethod
  factor?: SecondFactor | undefined
  /** Why, in the words of the operator who did it. */
  note?: string
  /** The address to tell of it, where that is not the account's. */
  email?: string
}

/** Writes an entry of the audit log in the transaction of what it records, so that there is both or neither. */
export async function record(tx: Tx, { email, note, ...about }: Recorded, ctx: AuthContext): Promise<string> {
  const id = newId()
  const { ip, userAgent } = ctx.request
  const { identity, apiKey } = ctx.caller
  const bySomebodyElse = about.actorId !== undefined
  await tx.insert(auditEntry).values({
    id,
    ...causeOf(tx),
    actorId: identity?.userId ?? null,
    organizationId: identity?.organizationId ?? apiKey?.organizationId ?? null,
    sessionId: identity?.sessionId ?? null,
    impersonatorId: bySomebodyElse ? null : (identity?.impersonatorId ?? null),
    apiKeyId: apiKey?.apiKeyId ?? null,
    ...about,
  })
  const origin = { ip, userAgent, email: email ?? null, note: note ?? null }
  // Of what happened by itself nothing is known that would have to be erased one day, or was, perhaps.
  if (Object.values(origin).some((known) => known !== null))
    await tx.insert(auditOrigin).values({ entryId: id, ...origin })
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
