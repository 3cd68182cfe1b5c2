import type { Db, Tx } from '@lightpress/kernel'
import { eq, inArray, sql } from 'drizzle-orm'
import { choiceOf, type Choice } from './preference-rules.ts'
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
  // The row is there to be locked.
  await tx.insert(preference).values({ userId, categories: {} }).onConflictDoNothing()
  const [row] = await tx.select().from(preference).where(mine).for('update')
  await tx
    .update(preference)
    .set({ ...change(choiceOf(row)), updatedAt: sql`now()` })
    .where(mine)
}
