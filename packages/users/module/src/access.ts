import { identityOf, publish } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { accessChanged } from '@lightpress/users-contract'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { userNotFound } from './people.ts'
import { person } from './schema.ts'

/** Says so only when it changes something, so that of several operators at the same moment one is in the audit log. */
export async function suspendUser(
  { id }: Input<Ops['suspendUser']>,
  ctx: UsersContext,
): Promise<Output<Ops['suspendUser']>> {
  await setSuspended(id, true, ctx)
  return { status: 'suspended' }
}

export async function restoreUser(
  { id }: Input<Ops['restoreUser']>,
  ctx: UsersContext,
): Promise<Output<Ops['restoreUser']>> {
  await setSuspended(id, false, ctx)
  return { status: 'active' }
}

/**
 * Not for the operator's own account, either way: nobody locks themselves out, and whoever was suspended has no
 * second left in which to lift it.
 */
async function setSuspended(id: string, suspended: boolean, ctx: UsersContext): Promise<void> {
  const { userId: actorId } = identityOf(ctx)
  if (id === actorId)
    throw new AppError('conflict', 'users.own_account', 'This is your own account. Ask another operator.')
  await ctx.withTx(async (tx) => {
    const [changed] = await tx
      .update(person)
      .set({ suspendedAt: suspended ? new Date() : null })
      .where(
        and(
          eq(person.id, id),
          isNull(person.closedAt),
          suspended ? isNull(person.suspendedAt) : isNotNull(person.suspendedAt),
        ),
      )
      .returning({ id: person.id })
    if (changed)
      return publish(tx, accessChanged, { userId: id, change: suspended ? 'suspended' : 'restored', actorId })
    const [existing] = await tx
      .select({ id: person.id })
      .from(person)
      .where(and(eq(person.id, id), isNull(person.closedAt)))
    if (!existing) throw userNotFound()
  })
}
