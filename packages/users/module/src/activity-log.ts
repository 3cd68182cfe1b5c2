import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { Activity, ActivityFilter } from '@lightpress/users-contract'
import { aliasedTable, and, desc, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { earlierThan, exactTime, TimeKey } from './keyset.ts'
import { requireRole } from './organization-access.ts'
import { activity, invitation, person } from './schema.ts'

export async function listOrganizationActivity(
  { id, limit, cursor, ...filter }: Input<Ops['listOrganizationActivity']>,
  ctx: UsersContext,
): Promise<Output<Ops['listOrganizationActivity']>> {
  await requireRole({ id, atLeast: 'admin', what: 'see what happened in it' }, ctx)
  const after = decodeCursor(cursor, TimeKey)
  const key = [activity.at, activity.id] as const
  const rows = await select(ctx, [
    eq(activity.organizationId, id),
    ...conditionsOf(filter),
    after && earlierThan(after, key),
  ])
    .orderBy(...key.map((column) => desc(column)))
    .limit(limit + 1)
  const page = pageFrom(rows, limit, (row) => [row.exactAt, row.id])
  return { items: page.items.map(toActivity), nextCursor: page.nextCursor }
}

const actor = aliasedTable(person, 'actor')

/**
 * Of people their names only: an address may be one that they took after they left. That of an invitation is the one
 * which somebody here wrote down.
 */
function select({ db }: UsersContext, conditions: (SQL | undefined)[]) {
  return db
    .select({
      id: activity.id,
      at: activity.at,
      exactAt: exactTime(activity.at),
      action: activity.action,
      actorId: activity.actorId,
      actorName: actor.name,
      impersonatorId: activity.impersonatorId,
      apiKeyId: activity.apiKeyId,
      userId: activity.userId,
      userName: person.name,
      invitationId: activity.invitationId,
      webhookEndpointId: activity.webhookEndpointId,
      email: invitation.email,
      role: activity.role,
      formerRole: activity.formerRole,
      name: activity.name,
      formerName: activity.formerName,
    })
    .from(activity)
    .leftJoin(actor, and(eq(actor.id, activity.actorId), isNull(actor.closedAt)))
    .leftJoin(person, and(eq(person.id, activity.userId), isNull(person.closedAt)))
    .leftJoin(invitation, eq(invitation.id, activity.invitationId))
    .where(and(...conditions))
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof select>>[number]

/** Times as they were written: a `Date` would cut off what is beyond its milliseconds. */
function conditionsOf({ action, actorId, from, until }: ActivityFilter): (SQL | undefined)[] {
  return [
    action && eq(activity.action, action),
    actorId === undefined ? undefined : eq(activity.actorId, actorId),
    from === undefined ? undefined : sql`${activity.at} >= ${from}::timestamptz`,
    until === undefined ? undefined : sql`${activity.at} < ${until}::timestamptz`,
  ]
}

function toActivity(row: Row): Activity {
  const { id, at, action, webhookEndpointId, role, formerRole, name, formerName } = row
  const { actorId, actorName, impersonatorId, apiKeyId, userId, userName, invitationId, email } = row
  return {
    id,
    at: at.toISOString(),
    action,
    actor: actorId === null ? null : { id: actorId, name: actorName },
    byProgram: apiKeyId !== null,
    impersonated: impersonatorId !== null,
    person: userId === null && invitationId === null ? null : { id: userId, name: userName, email },
    webhookEndpointId,
    role,
    formerRole,
    name,
    formerName,
  }
}
