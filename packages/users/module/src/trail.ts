import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, type SQL } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { activity } from './schema.ts'

const key = { at: activity.at, id: activity.id }

/** What was done in organisations, for whoever reads what happened in all modules. Ids only: names stand in the log itself. */
export async function trail(about: TrailSubject, page: TrailPage, { db }: UsersContext): Promise<TrailItem[]> {
  const found = await Promise.all(
    conditionsOf(about).map((condition) =>
      db
        .select({
          id: activity.id,
          at: exactTime(activity.at),
          action: activity.action,
          actorId: activity.actorId,
          impersonatorId: activity.impersonatorId,
          userId: activity.userId,
          organizationId: activity.organizationId,
          requestId: activity.requestId,
          invitationId: activity.invitationId,
          role: activity.role,
          formerRole: activity.formerRole,
        })
        .from(activity)
        .where(and(condition, beforeInTrail(page, key)))
        .orderBy(...newestFirst(key))
        .limit(page.limit),
    ),
  )
  return found.flat().map(({ id, at, action, requestId, actorId, userId, organizationId, ...rest }) => ({
    id,
    at,
    module: 'users',
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
      return [eq(activity.requestId, id)]
    case 'organization':
      return [eq(activity.organizationId, id)]
    case 'person':
      return [eq(activity.userId, id), eq(activity.actorId, id)]
  }
}
