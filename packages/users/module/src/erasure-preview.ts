import { identityOf, type Db } from '@lightpress/kernel'
import type { Input, Output, Subject } from '@lightpress/protocol'
import type { ErasureItem } from '@lightpress/users-contract'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { modules, type Ops, type UsersContext } from './context.ts'
import { addUp, fateOf, type Fate } from './erasure-plan.ts'
import { countOtherOwners, isPersonal } from './membership-changes.ts'
import { requireRole } from './organization-access.ts'
import { readOwn } from './organizations.ts'
import { membership, organization } from './schema.ts'

export async function previewMyErasure(
  _input: Input<Ops['previewMyErasure']>,
  ctx: UsersContext,
): Promise<Output<Ops['previewMyErasure']>> {
  const { userId } = identityOf(ctx)
  const organizations = await readFates(ctx.db, userId)
  const going = organizations.filter(({ fate }) => fate === 'erased')
  return { organizations, items: await foresee(subjectsWith(userId, going), ctx) }
}

export async function previewErasure(
  { id }: Input<Ops['previewErasure']>,
  ctx: UsersContext,
): Promise<Output<Ops['previewErasure']>> {
  await requireRole({ id, atLeast: 'owner', what: 'delete an organisation' }, ctx)
  const { name, personal, memberCount, suspended } = await readOwn(id, ctx, ctx.db)
  if (personal) throw isPersonal()
  const items = await foresee([{ kind: 'organization', id }], ctx)
  const fate = suspended ? 'blocks' : 'erased'
  return { organizations: [{ id, name, personal, memberCount, suspended, fate }], items }
}

/** A person's organisations first: what points at a person must be gone when they go. */
export function subjectsWith(userId: string, organizations: readonly { id: string }[]): Subject[] {
  return [...organizations.map(({ id }) => ({ kind: 'organization' as const, id })), { kind: 'person', id: userId }]
}

export interface FatedOrganization {
  id: string
  name: string
  personal: boolean
  memberCount: number
  suspended: boolean
  fate: Fate
}

/** The organisations of a person, and what becomes of each when they go; within a transaction, as they are there. */
export async function readFates(db: Db, userId: string): Promise<FatedOrganization[]> {
  const id = organization.id
  const rows = await db
    .select({
      id,
      name: organization.name,
      personalOf: organization.personalOf,
      suspendedAt: organization.suspendedAt,
      others: db.$count(sql`${membership} as m`, sql`m.organization_id = ${id} and m.user_id <> ${userId}`),
      otherOwners: countOtherOwners(db, { id, userId }),
    })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(and(eq(membership.userId, userId), isNull(organization.closedAt)))
    .orderBy(asc(membership.createdAt), asc(organization.id))
  return rows.map(({ id, name, personalOf, suspendedAt, others, otherOwners }) => {
    const suspended = suspendedAt !== null
    const fate = fateOf({ own: personalOf === userId, others, otherOwners, suspended })
    return { id, name, personal: personalOf !== null, memberCount: others + 1, suspended, fate }
  })
}

/** Every module is asked: a preview that left one out would promise too little. */
async function foresee(subjects: Subject[], ctx: UsersContext): Promise<ErasureItem[]> {
  const answers = modules.map(async (module) => {
    const { items } = await ctx.calls[module].describeErasure({ subjects })
    return items.map((item) => ({ module, ...item }))
  })
  return addUp((await Promise.all(answers)).flat())
}
