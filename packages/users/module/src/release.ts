import type { DataItem, Subject } from '@lightpress/protocol'
import { and, eq, ne } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { doomFile } from './files.ts'
import { file } from './schema.ts'

/** Has the files removed at once. What is still being written goes as what became nothing in time does. */
export async function release({ kind, id }: Subject, ctx: UsersContext): Promise<DataItem[]> {
  const theirs = kind === 'person' ? eq(file.userId, id) : eq(file.organizationId, id)
  await ctx.withTx(async (tx) => {
    const files = await tx
      .select({ name: file.name })
      .from(file)
      .where(and(theirs, ne(file.state, 'doomed')))
    for (const { name } of files) await doomFile(tx, name)
  })
  return []
}
