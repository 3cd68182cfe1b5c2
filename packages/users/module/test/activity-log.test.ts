import { firstIdAt, newId, timeOfId } from '@lightpress/kernel'
import { webhookEndpointChanged } from '@lightpress/notifications-contract'
import type { ActivityFilter } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activity, invitation, person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { createTeam, dbOf, type Users } from './team.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

/** Page by page, as somebody reads it. */
async function readAll(
  client: Users,
  id: string,
  { limit = 100, ...filter }: ActivityFilter & { limit?: number } = {},
) {
  const items = []
  let cursor: string | null = null
  do {
    const page = await client.listOrganizationActivity({ id, limit, ...filter, ...(cursor && { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

describe('the activity log', () => {
  it('says who did what to whom, newest first', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member', 'member'])
    const [owner, member, leaver] = people
    await owner.client.updateOrganization({ id, name: 'Difference Engines' })
    await owner.client.updateMember({ id, userId: member.userId, role: 'admin' })
    await leaver.client.removeMember({ id, userId: leaver.userId })
    const actor = { id: owner.userId, name: 'owner' }
    const nothing = { person: null, role: null, formerRole: null, name: null, formerName: null, impersonated: false }
    expect((await member.client.listOrganizationActivity({ id })).items).toMatchObject([
      {
        ...nothing,
        action: 'member_left',
        actor: { id: leaver.userId, name: 'member' },
        person: { id: leaver.userId, name: 'member', email: null },
        formerRole: 'member',
      },
      {
        ...nothing,
        action: 'role_changed',
        actor,
        person: { id: member.userId, name: 'member', email: null },
        role: 'admin',
        formerRole: 'member',
      },
      {
        ...nothing,
        action: 'organization_renamed',
        actor,
        name: 'Difference Engines',
        formerName: 'Analytical Engines',
      },
      { ...nothing, action: 'organization_created', actor, name: 'Analytical Engines' },
    ])
  })

  it('says who changed where programs are told what happens, when they did', async () => {
    const { id: organizationId, people } = await createTeam(app, ['owner'])
    const [owner] = people
    const endpointId = newId()
    const changed = { organizationId, endpointId, actorId: owner.userId, apiKeyId: null }
    // Heard of an hour later.
    const added = firstIdAt(new Date(Date.now() - 3_600_000))
    await app.deliver(webhookEndpointChanged, { ...changed, change: 'repointed' })
    await app.deliver(webhookEndpointChanged, {
      ...changed,
      change: 'secret_rotated',
      actorId: null,
      apiKeyId: newId(),
    })
    await app.deliver(webhookEndpointChanged, { ...changed, change: 'disabled', actorId: null })
    await app.deliver(webhookEndpointChanged, { ...changed, change: 'added' }, { id: added })
    const actor = { id: owner.userId, name: 'owner' }
    const items = await readAll(owner.client, organizationId)
    expect(items).toMatchObject([
      { action: 'webhook_disabled', actor: null, byProgram: false, webhookEndpointId: endpointId },
      { action: 'webhook_secret_rotated', actor: null, byProgram: true },
      { action: 'webhook_repointed', actor, byProgram: false, person: null },
      { action: 'organization_created' },
      { action: 'webhook_added', at: timeOfId(added).toISOString() },
    ])
  })

  it('knows nothing of the webhooks of an organisation that is no more', async () => {
    const payload = {
      organizationId: newId(),
      endpointId: newId(),
      change: 'deleted',
      actorId: null,
      apiKeyId: null,
    } as const
    expect(await app.deliver(webhookEndpointChanged, payload)).toMatchObject({ state: 'done' })
    expect(await dbOf(app).$count(activity, eq(activity.organizationId, payload.organizationId))).toBe(0)
  })

  it('has the address of an invitation until that is emptied, and of people who are no more their ids', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const [owner, admin] = people
    const [invitationId, expiresAt] = [newId(), new Date()]
    const db = dbOf(app)
    await db.insert(invitation).values({
      id: invitationId,
      organizationId: id,
      email: 'x@example.com',
      role: 'member',
      invitedBy: admin.userId,
      expiresAt,
    })
    await db.insert(activity).values({
      id: newId(),
      organizationId: id,
      action: 'member_invited',
      actorId: admin.userId,
      invitationId,
    })
    const newest = async () => (await owner.client.listOrganizationActivity({ id })).items[0]
    expect(await newest()).toMatchObject({ person: { id: null, name: null, email: 'x@example.com' } })
    await db.update(invitation).set({ email: null }).where(eq(invitation.id, invitationId))
    await db.update(person).set({ closedAt: new Date() }).where(eq(person.id, admin.userId))
    expect(await newest()).toMatchObject({
      actor: { id: admin.userId, name: null },
      person: { id: null, name: null, email: null },
    })
  })

  it('says that an operator acted as the actor, and not who it was', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ userId, client }] = people
    const impersonatorId = newId()
    // Nothing of an organisation is done by anybody but the person themself any more. What was, stays in the log.
    const about = { organizationId: id, action: 'organization_renamed', actorId: userId, impersonatorId } as const
    await dbOf(app)
      .insert(activity)
      .values({ id: newId(), ...about })
    const [newest] = (await client.listOrganizationActivity({ id })).items
    expect(newest).toMatchObject({ action: 'organization_renamed', actor: { id: userId }, impersonated: true })
    expect(JSON.stringify(newest)).not.toContain(impersonatorId)
  })

  it('is filtered by action, by actor and by time, from when on and until before when', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const [{ userId, client }, admin] = people
    const db = dbOf(app)
    await db.delete(activity).where(eq(activity.organizationId, id))
    const times = ['10:00:00.000000', '10:00:00.000001', '10:00:00.000999', '10:00:00.001000', '10:00:01.000000']
    for (const [at, time] of times.entries()) {
      await db.insert(activity).values({
        id: newId(),
        organizationId: id,
        at: sql`${`2026-03-01T${time}Z`}::timestamptz`,
        action: at % 2 === 0 ? 'organization_renamed' : 'logo_changed',
        actorId: at < 3 ? userId : admin.userId,
        name: time,
      })
    }
    const names = async (filter: ActivityFilter) => (await readAll(client, id, filter)).map(({ name }) => name)
    const newestFirst = times.toReversed()
    expect(await names({})).toEqual(newestFirst)
    expect(await names({ action: 'logo_changed' })).toEqual([times[3], times[1]])
    expect(await names({ actorId: userId })).toEqual([times[2], times[1], times[0]])
    expect(await names({ actorId: newId() })).toEqual([])
    expect(await names({ from: '2026-03-01T10:00:00.001Z' })).toEqual([times[4], times[3]])
    expect(await names({ until: '2026-03-01T10:00:00.001Z' })).toEqual([times[2], times[1], times[0]])
    expect(await names({ from: '2026-03-01T10:00:00.000001Z', until: '2026-03-01T10:00:00.000999Z' })).toEqual([
      times[1],
    ])
    expect(await names({ from: '2026-03-01T10:00:00Z', until: '2026-03-01T10:00:01Z', actorId: admin.userId })).toEqual(
      [times[3]],
    )
    expect(await names({ from: '9999-12-31T23:59:59Z' })).toEqual([])
  })

  it('gives each line once, a page at a time, at equal times and within one millisecond, while more are written', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    const db = dbOf(app)
    await db.execute(sql`
      insert into users.activity (id, organization_id, at, action)
      select gen_random_uuid(), ${id}, '2026-01-01T00:00:00Z'::timestamptz + (n / 7) * interval '1 microsecond', 'logo_changed'
      from generate_series(1, 200) n`)
    const before = await db.select({ id: activity.id }).from(activity).where(eq(activity.organizationId, id))
    for (const limit of [3, 7, 100]) {
      const seen: string[] = []
      let pages = 0
      let cursor: string | null = null
      do {
        const page = await client.listOrganizationActivity({ id, limit, ...(cursor && { cursor }) })
        seen.push(...page.items.map((item) => item.id))
        cursor = page.nextCursor
        if (pages++ % 10 === 0) await client.updateOrganization({ id, name: `Renamed ${limit} ${pages}` })
      } while (cursor !== null)
      expect(new Set(seen).size).toBe(seen.length)
      expect(before.filter((line) => !seen.includes(line.id))).toEqual([])
    }
  })

  it('stands in the order in which things were done, not in which they were begun', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    await Promise.all(Array.from({ length: 40 }, (_, nth) => client.updateOrganization({ id, name: `Name ${nth}` })))
    const lines = (await readAll(client, id)).toReversed().slice(1)
    expect(lines).toHaveLength(40)
    for (const [at, { formerName }] of lines.entries())
      expect(formerName).toBe(at === 0 ? 'Analytical Engines' : lines[at - 1]!.name)
    expect(await client.getOrganization({ id })).toMatchObject({ name: lines.at(-1)!.name })
  })
})
