import { identityOf, publish, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { accessChanged } from '@lightpress/users-contract'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { beginErasure, findBegun } from './begin-erasure.ts'
import type { Ops, UsersContext } from './context.ts'
import { copyEmail } from './email-copy.ts'
import { closeOrganizations } from './erase-organization.ts'
import { readFates, subjectsWith, type FatedOrganization } from './erasure-preview.ts'
import { endMembership } from './membership-changes.ts'
import { userNotFound } from './people.ts'
import { recordActivity } from './record-activity.ts'
import { organization, person } from './schema.ts'

/**
 * Organisations are held before people, and only who holds a person knows for sure which these are: if one came
 * meanwhile, it begins again.
 */
export async function eraseMe(_input: Input<Ops['eraseMe']>, ctx: UsersContext): Promise<Output<Ops['eraseMe']>> {
  const { userId } = identityOf(ctx)
  // The receipt goes to the address that is theirs by now, and it is that one that is taken from invitations.
  await copyEmail.run({ userId }, ctx)
  for (;;) {
    const known = await readFates(ctx.db, userId)
    const erasureId = await ctx.withTx((tx) => closeMe(tx, { userId, known }, ctx))
    if (erasureId !== undefined) return { erasureId, status: 'started' }
  }
}

/** Undefined where they are in an organisation that is not among those `known`. */
async function closeMe(
  tx: Tx,
  { userId, known }: { userId: string; known: readonly FatedOrganization[] },
  ctx: UsersContext,
): Promise<string | undefined> {
  const ids = known.map(({ id }) => id)
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(inArray(organization.id, ids))
    .orderBy(asc(organization.id))
    .for('no key update')
  const [me] = await tx.select().from(person).where(eq(person.id, userId)).for('no key update')
  const subject = { kind: 'person' as const, id: userId }
  if (!me || me.closedAt !== null) {
    // Whoever asks again, because no answer came, is told the same.
    const begun = await findBegun(tx, subject, userId)
    if (begun === undefined) throw userNotFound()
    return begun
  }
  const organizations = await readFates(tx, userId)
  if (organizations.some(({ id }) => !ids.includes(id))) return undefined
  const blocking = organizations.filter(({ fate }) => fate === 'blocks')
  if (blocking.length > 0) throw blocking.every(({ suspended }) => suspended) ? areSuspended() : ownsOrganizations()

  const going = organizations.filter(({ fate }) => fate === 'erased')
  const left = organizations.filter(({ fate }) => fate === 'left')
  await leave(tx, { userId, organizations: left }, ctx)
  await closeOrganizations(
    tx,
    going.map(({ id }) => id),
    { actorId: userId },
  )
  await tx
    .update(person)
    .set({ closedAt: sql`now()` })
    .where(eq(person.id, userId))
  await publish(tx, accessChanged, { userId, change: 'removed', actorId: userId })
  return beginErasure(tx, subject, {
    subjects: subjectsWith(userId, going),
    requestedBy: userId,
    organizationName: null,
    gone: left.length > 0 ? [{ ...memberships, count: left.length }] : [],
  })
}

/** As the preview counts them, with those that go later. */
const memberships = { module: 'users', name: 'memberships', outcome: 'deleted' as const, because: null }

async function leave(
  tx: Tx,
  { userId, organizations }: { userId: string; organizations: readonly FatedOrganization[] },
  ctx: UsersContext,
): Promise<void> {
  for (const { id } of organizations) {
    await endMembership(tx, { id, userId, change: 'left' }, ctx)
    await recordActivity(tx, { organizationId: id, action: 'member_left', userId }, ctx)
  }
}

/** What was done in it is there for whoever looks into why it was suspended. */
function areSuspended(): AppError {
  const message = 'An organisation that would go with you is suspended. Write to us: once it is restored, ask again.'
  return new AppError('conflict', 'users.owns_suspended_organizations', message)
}

function ownsOrganizations(): AppError {
  return new AppError(
    'conflict',
    'users.owns_organizations',
    'Others are in an organisation that only you own. Make somebody else its owner, or remove them, and ask again.',
  )
}
