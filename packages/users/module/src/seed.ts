import { newId, publish, type Tx } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { accessChanged, organizationAccessChanged } from '@lightpress/users-contract'
import { eq, inArray } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { activity, erasure, invitation, membership, organization, person } from './schema.ts'
import {
  company,
  happenings,
  idOf,
  invitations,
  operator,
  organizations,
  SIGNED_UP,
  suspendedPerson,
  type SeededOrganization,
} from './seed-data.ts'

/**
 * Auth's seed makes the people, each with their own organisation; this makes what they have together. All of it once,
 * with the company: whatever somebody makes of it afterwards, their erasing it as well, stays as they made it.
 */
export async function seed(ctx: UsersContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    if (!(await isWanted(tx))) return
    const [made] = await tx
      .insert(organization)
      .values(organizations.map(({ id, name, members }) => ({ id, name, createdAt: daysAgo(members[0].daysAgo) })))
      .onConflictDoNothing()
      .returning({ id: organization.id })
    if (!made) return
    await signUpLongAgo(tx)
    for (const each of organizations) await fill(tx, each)
    await invite(tx)
    for (const { who, about, daysAgo: days, ...happened } of happenings as readonly Happening[])
      await log(tx, company.id, days, { actorId: idOf(who), userId: about && idOf(about), ...happened })
    await actAsOperator(tx)
    await joinOwners(tx)
  })
}

type Happened = Pick<typeof activity.$inferInsert, 'action'> & Partial<typeof activity.$inferInsert>
type Happening = Happened & { who: string; about?: string; daysAgo: number }

/** Not before auth has made everybody, nor after somebody erased the company. */
async function isWanted(tx: Tx): Promise<boolean> {
  const everybody = [...new Set(organizations.flatMap(({ members }) => members.map(({ who }) => idOf(who))))]
  const there = await tx.$count(person, inArray(person.id, [...everybody, operator]))
  const erased = await tx.$count(erasure, eq(erasure.subjectId, company.id))
  return there === everybody.length + 1 && erased === 0
}

async function signUpLongAgo(tx: Tx): Promise<void> {
  const createdAt = daysAgo(SIGNED_UP)
  const everybody = organizations.flatMap(({ members }) => members.map(({ who }) => idOf(who)))
  const theirs = inArray(organization.personalOf, [...everybody, operator])
  await tx
    .update(person)
    .set({ createdAt })
    .where(inArray(person.id, [...everybody, operator]))
  await tx.update(organization).set({ createdAt }).where(theirs)
  const own = tx.select({ id: organization.id }).from(organization).where(theirs)
  await tx.update(membership).set({ createdAt }).where(inArray(membership.organizationId, own))
}

async function fill(tx: Tx, { id, name, members, suspendedDaysAgo }: SeededOrganization): Promise<void> {
  const [{ who: founder, daysAgo: foundedDaysAgo }, ...others] = members
  await tx.insert(membership).values(
    members.map(({ who, role, daysAgo: days }) => ({
      organizationId: id,
      userId: idOf(who),
      role,
      createdAt: daysAgo(days),
    })),
  )
  await log(tx, id, foundedDaysAgo, { action: 'organization_created', actorId: idOf(founder), name })
  for (const { who, role, daysAgo: days } of others)
    await log(tx, id, days, { action: 'member_joined', actorId: idOf(who), userId: idOf(who), role })
  if (suspendedDaysAgo === undefined) return
  await tx
    .update(organization)
    .set({ suspendedAt: daysAgo(suspendedDaysAgo) })
    .where(eq(organization.id, id))
  await log(tx, id, suspendedDaysAgo, { action: 'organization_suspended', actorId: operator })
  await publish(tx, organizationAccessChanged, { organizationId: id, change: 'suspended', actorId: operator })
}

/** Of the company: some wait, one has expired, one was revoked. Nobody is written to. */
async function invite(tx: Tx): Promise<void> {
  const [{ who }] = company.members
  for (const { email, role, daysAgo: days, ...rest } of invitations) {
    const invitationId = newId()
    const about = { invitationId, role, actorId: idOf(who) }
    const [createdAt, expiresAt] = [daysAgo(days), daysAgo(days - 7)]
    const revokedAt = 'revokedDaysAgo' in rest ? daysAgo(rest.revokedDaysAgo) : null
    await tx.insert(invitation).values({
      id: invitationId,
      organizationId: company.id,
      email,
      emailKey: emailKey(email),
      role,
      invitedBy: idOf(who),
      createdAt,
      sentAt: createdAt,
      expiresAt,
      revokedAt,
    })
    await log(tx, company.id, days, { action: 'member_invited', ...about })
    if ('revokedDaysAgo' in rest)
      await log(tx, company.id, rest.revokedDaysAgo, { action: 'invitation_revoked', ...about })
  }
}

async function log(tx: Tx, organizationId: string, days: number, happened: Happened): Promise<void> {
  await tx.insert(activity).values({ id: newId(), organizationId, at: daysAgo(days), ...happened })
}

/** The first of the people is one of our own; somebody is suspended. */
async function actAsOperator(tx: Tx): Promise<void> {
  await tx.update(person).set({ operator: true }).where(eq(person.id, operator))
  await tx
    .update(person)
    .set({ suspendedAt: daysAgo(2) })
    .where(eq(person.id, suspendedPerson))
  await publish(tx, accessChanged, { userId: suspendedPerson, change: 'suspended', actorId: operator })
}

/** The third of them is in the second's own organisation, so that one who may little can be tried. */
async function joinOwners(tx: Tx): Promise<void> {
  const [own] = await tx
    .select({ organizationId: organization.id })
    .from(organization)
    .where(eq(organization.personalOf, idOf('owner')))
  if (!own) return
  const createdAt = daysAgo(SIGNED_UP - 1)
  await tx
    .insert(membership)
    .values({ ...own, userId: idOf('member'), role: 'member', createdAt })
    .onConflictDoNothing()
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1_000)
}
