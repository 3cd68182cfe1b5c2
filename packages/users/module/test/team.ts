// Organisations with people in them, and what a test asks of both.
import type { Tx } from '@lightpress/kernel'
import { createHttpClient, routesOf, type Client, type Role } from '@lightpress/protocol'
import { until } from '@lightpress/testing'
import { accessChanged, membershipChanged, users as contract } from '@lightpress/users-contract'
import { and, asc, eq, sql } from 'drizzle-orm'
import { activity, membership } from '../src/schema.ts'
import type { App } from './support.ts'

export type Users = Client<typeof contract>
export type Person = Awaited<ReturnType<App['createPerson']>>

export const dbOf = (app: App) => app.contextFor('users').db

/** An organisation of the first person, and with the others in it; `roles[0]` is an owner's. */
export async function createTeam<const R extends readonly ['owner', ...Role[]]>(app: App, roles: R) {
  const people = (await Promise.all(roles.map((role) => app.createPerson(role)))) as { [K in keyof R]: Person }
  const { id } = await people[0].client.createOrganization({ name: 'Analytical Engines' })
  for (const [index, role] of roles.entries()) {
    if (index > 0) await addMember(app, { id, userId: (people[index] as Person).userId, role })
  }
  return { id, people }
}

export async function addMember(app: App, { id, userId, role }: { id: string; userId: string; role: Role }) {
  await dbOf(app).insert(membership).values({ organizationId: id, userId, role })
}

/** Who is in it, with which role. */
export async function rolesIn(app: App, id: string): Promise<Map<string, Role>> {
  const rows = await dbOf(app).select().from(membership).where(eq(membership.organizationId, id))
  return new Map(rows.map(({ userId, role }) => [userId, role]))
}

export async function ownersOf(app: App, id: string): Promise<string[]> {
  return [...(await rolesIn(app, id))].filter(([, role]) => role === 'owner').map(([userId]) => userId)
}

/** What was done in it, oldest first. */
export async function activityOf(app: App, id: string, action?: string) {
  return dbOf(app)
    .select()
    .from(activity)
    .where(and(eq(activity.organizationId, id), action === undefined ? undefined : eq(sql`${activity.action}`, action)))
    .orderBy(asc(activity.at), asc(activity.id))
}

/** What was said of who is in it, oldest first. */
export async function membershipChangesOf(app: App, organizationId: string) {
  const rows = (await app.outbox()).filter(({ type }) => type === membershipChanged.type)
  // A row for each module that listens.
  return [...new Map(rows.map((row) => [row.id, row])).values()]
    .map(({ payload }) => membershipChanged.payload.parse(payload))
    .filter((change) => change.organizationId === organizationId)
}

export async function roleChangesOf(app: App, userId: string) {
  const rows = (await app.outbox()).filter(({ type }) => type === accessChanged.type)
  return rows
    .map(({ payload }) => accessChanged.payload.parse(payload))
    .filter((change) => change.userId === userId && change.change === 'role')
}

/** A client of somebody at another process. */
export function clientAt(app: App, { baseUrl, userId }: { baseUrl: string; userId: string }): Users {
  const authorization = `Bearer ${app.token({ userId })}`
  return createHttpClient<typeof contract>(routesOf(contract), { baseUrl, headers: () => ({ authorization }) })
}

/** What became of a request: that it was done, or the reason why not. */
export async function outcome(request: Promise<unknown>): Promise<string> {
  try {
    await request
    return 'done'
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error)
  }
}

/** Until so many transactions wait for what another one holds. */
export function untilWaiting(app: App, transactions: number) {
  return until(
    async () => {
      const { rows } = await dbOf(app).execute<{ waiting: number }>(
        sql`select count(*)::int as waiting from pg_locks join pg_stat_activity using (pid)
            where not granted and datname = current_database()`,
      )
      return rows[0]?.waiting ?? 0
    },
    (waiting) => waiting >= transactions,
  )
}

/** Ends the connections of all who wait, as the death of their process does. The login may, the module may not. */
export async function terminateWaiting(tx: Tx): Promise<number> {
  await tx.execute(sql`set local role none`)
  const { rows } = await tx.execute(
    sql`select pg_terminate_backend(pid) from (select distinct pid from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()) waiting`,
  )
  return rows.length
}
