import { and, eq, inArray } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { UsersContext } from './context.ts'
import { membership, organization, person } from './schema.ts'

/**
 * Auth's seed makes the people, each with their own organisation. This makes the first of them an operator and the
 * last a member of the second's organisation, so that each can be tried.
 */
export async function seed(ctx: UsersContext): Promise<void> {
  await ctx.db
    .update(person)
    .set({ operator: true })
    .where(inArray(person.emailKey, ['admin@localhost']))

  const owner = alias(person, 'owner')
  const [found] = await ctx.db
    .select({ organizationId: organization.id, userId: person.id })
    .from(organization)
    .innerJoin(owner, and(eq(owner.id, organization.personalOf), eq(owner.emailKey, 'owner@localhost')))
    .innerJoin(person, eq(person.emailKey, 'member@localhost'))
  if (found)
    await ctx.db
      .insert(membership)
      .values({ ...found, role: 'member' })
      .onConflictDoNothing()
}
