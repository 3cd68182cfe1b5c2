import { identityOf, newId, once, publish, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { membershipChanged } from '@lightpress/users-contract'
import { and, count, eq, isNull } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { readOwn } from './organizations.ts'
import { holdPerson } from './people.ts'
import { recordActivity } from './record-activity.ts'
import { membership, organization } from './schema.ts'

/**
 * Organisations that a person may own and still make another: nobody needs more, and a program that runs wild stops.
 * Who is handed one by another owner did not make it.
 */
export const OWNED = 50

export async function createOrganization(
  input: Input<Ops['createOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['createOrganization']>> {
  return ctx.withTx(async (tx) => {
    const effect = () => insertOrganization(tx, input, ctx)
    // The id alone is kept as the answer: when the organisation is erased, nothing of it is left there.
    return readOwn(await once(tx, { operation: 'createOrganization', input, effect }, ctx), ctx, tx)
  })
}

async function insertOrganization(
  tx: Tx,
  { name }: Input<Ops['createOrganization']>,
  ctx: UsersContext,
): Promise<string> {
  const { userId } = identityOf(ctx)
  // Of two that one person makes at the same moment, the second is counted after the first is there.
  await holdPerson(tx, userId)
  if ((await countOwned(tx, userId)) >= OWNED)
    throw new AppError('conflict', 'users.too_many_organizations', `Nobody makes more than ${OWNED} organisations.`)
  const organizationId = newId()
  await tx.insert(organization).values({ id: organizationId, name })
  await tx.insert(membership).values({ organizationId, userId, role: 'owner' })
  await recordActivity(tx, { organizationId, action: 'organization_created', name }, ctx)
  await publish(tx, membershipChanged, { organizationId, userId, change: 'joined', role: 'owner', actorId: userId })
  return organizationId
}

async function countOwned(tx: Tx, userId: string): Promise<number> {
  const [owned] = await tx
    .select({ organizations: count() })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(and(eq(membership.userId, userId), eq(membership.role, 'owner'), isNull(organization.closedAt)))
  return owned?.organizations ?? 0
}
