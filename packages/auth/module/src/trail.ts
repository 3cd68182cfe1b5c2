import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, type SQL } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { auditEntry } from './schema.ts'

const key = { at: auditEntry.at, id: auditEntry.id }

/** The entries of the audit log, for whoever reads what happened in all modules. Whence and why is not among it. */
export async function trail(about: TrailSubject, page: TrailPage, { db }: AuthContext): Promise<TrailItem[]> {
  const found = await Promise.all(
    conditionsOf(about).map((condition) =>
      db
        .select({
          id: auditEntry.id,
          at: exactTime(auditEntry.at),
          action: auditEntry.action,
          actorId: auditEntry.actorId,
          userId: auditEntry.userId,
          organizationId: auditEntry.organizationId,
          sessionId: auditEntry.sessionId,
          requestId: auditEntry.requestId,
          impersonatorId: auditEntry.impersonatorId,
          apiKeyId: auditEntry.apiKeyId,
          method: auditEntry.method,
          factor: auditEntry.factor,
        })
        .from(auditEntry)
        .where(and(condition, beforeInTrail(page, key)))
        .orderBy(...newestFirst(key))
        .limit(page.limit),
    ),
  )
  return found.flat().map(({ id, at, action, requestId, actorId, userId, organizationId, ...rest }) => ({
    id,
    at,
    module: 'auth',
    kind: 'audit',
    type: action,
    listener: null,
    state: 'done',
    error: null,
    requestId: requestId ?? id,
    causeId: null,
    operation: null,
    actorId,
    userId,
    organizationId,
    details: Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
  }))
}

/** Each is read by an index of its own. */
function conditionsOf({ kind, id }: TrailSubject): SQL[] {
  switch (kind) {
    case 'request':
      return [eq(auditEntry.requestId, id)]
    case 'organization':
      return [eq(auditEntry.organizationId, id)]
    case 'person':
      return [eq(auditEntry.userId, id), eq(auditEntry.actorId, id)]
  }
}
