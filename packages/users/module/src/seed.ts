import { inArray } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { person } from './schema.ts'

/** Auth's seed makes the people; this makes the first of them an operator. */
export async function seed(ctx: UsersContext): Promise<void> {
  await ctx.db
    .update(person)
    .set({ operator: true })
    .where(inArray(person.emailKey, ['admin@localhost']))
}
