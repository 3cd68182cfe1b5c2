import type { Db, Tx } from '@lightpress/kernel'
import { eq, inArray, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { holdPerson } from './hold-person.ts'
import { choiceOf, type Choice } from './preference-rules.ts'
import { readPerson } from './recipients.ts'
import { preference } from './schema.ts'

/** What each of these people chose, read in one statement. */
export async function readChoices(db: Db, userIds: readonly string[]): Promise<(userId: string) => Choice> {
  const rows =
    userIds.length === 0
      ? []
      : await db
          .select()
          .from(preference)
          .where(inArray(preference.userId, [...userIds]))
  const chosen = new Map(rows.map((row) => [row.userId, row]))
  return (userId) => choiceOf(chosen.get(userId))
}

/** Changes what a person chose from what it is; two at a time go one after the other. */
export async function changeChoice(tx: Tx, userId: string, change: (choice: Choice) => Partial<Choice>): Promise<void> {
  const mine = eq(preference.userId, userId)
  await holdPerson(tx, userId)
  // The row is there to be locked.
  await tx.insert(preference).values({ userId, categories: {} }).onConflictDoNothing()
  const [row] = await tx.select().from(preference).where(mine).for('update')
  await tx
    .update(preference)
    .set({ ...change(choiceOf(row)), updatedAt: sql`now()` })
    .where(mine)
}

/** Whoever was erased while they chose, or another by their link, chose nothing: what they hold here may have gone before. */
export async function forgetIfGone(userId: string, ctx: Pick<NotificationsContext, 'calls' | 'db'>): Promise<void> {
  if (await readPerson(userId, ctx)) return
  await ctx.db.delete(preference).where(eq(preference.userId, userId))
}
