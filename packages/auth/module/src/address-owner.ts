import type { Db, Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { Account } from './own-account.ts'
import { account } from './schema.ts'

/** Whose address it is now. */
export async function findOwner(db: Db | Tx, emailKey: string): Promise<Account | undefined> {
  const [owner] = await db.select().from(account).where(eq(account.emailKey, emailKey))
  return owner
}
