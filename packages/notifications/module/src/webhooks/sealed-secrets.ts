import type { Db } from '@lightpress/kernel'
import { asc, gt } from 'drizzle-orm'
import { webhookEndpoint } from './schema.ts'

/** Endpoints that are read in one step. */
const BATCH = 1_000

/** A secret that webhooks are signed with as it stands in the database: the one of now, or the one before it. */
export interface SealedSecret {
  id: string
  column: 'sealedSecret' | 'sealedOldSecret'
  sealed: string
}

/** All of them, endpoint by endpoint. */
export async function* readSealedSecrets(db: Db): AsyncGenerator<SealedSecret> {
  const { id, sealedSecret, sealedOldSecret } = webhookEndpoint
  let after: string | undefined
  for (;;) {
    const rows = await db
      .select({ id, sealedSecret, sealedOldSecret })
      .from(webhookEndpoint)
      .where(after === undefined ? undefined : gt(id, after))
      .orderBy(asc(id))
      .limit(BATCH)
    for (const row of rows) {
      yield { id: row.id, column: 'sealedSecret', sealed: row.sealedSecret }
      if (row.sealedOldSecret !== null) yield { id: row.id, column: 'sealedOldSecret', sealed: row.sealedOldSecret }
    }
    after = rows.at(-1)?.id
    if (rows.length < BATCH) return
  }
}
