import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { reader } from './schema.ts'

/**
 * Until the transaction ends. Taken before other rows of a person are locked: by what tells them something in their inbox,
 * which numbers it here, by what changes what they chose or when something comes, and by an erasure. The row is there from
 * the welcome on.
 */
export async function holdPerson(tx: Tx, userId: string): Promise<void> {
  await tx.select({ userId: reader.userId }).from(reader).where(eq(reader.userId, userId)).for('update')
}
