import type { Db } from '@lightpress/kernel'
import { asc, gt } from 'drizzle-orm'
import { totp } from './schema.ts'

/** People who are read in one step. */
const BATCH = 1_000

/** A secret of somebody's authenticator app as it stands in the database: the app in force, or the one being set up. */
export interface SealedApp {
  userId: string
  column: 'sealedSecret' | 'sealedCandidate'
  sealed: string
}

/** All of them, person by person. */
export async function* readSealedApps(db: Db): AsyncGenerator<SealedApp> {
  let after: string | undefined
  for (;;) {
    const rows = await db
      .select({ userId: totp.userId, sealedSecret: totp.sealedSecret, sealedCandidate: totp.sealedCandidate })
      .from(totp)
      .where(after === undefined ? undefined : gt(totp.userId, after))
      .orderBy(asc(totp.userId))
      .limit(BATCH)
    for (const { userId, sealedSecret, sealedCandidate } of rows) {
      if (sealedSecret !== null) yield { userId, column: 'sealedSecret', sealed: sealedSecret }
      if (sealedCandidate !== null) yield { userId, column: 'sealedCandidate', sealed: sealedCandidate }
    }
    after = rows.at(-1)?.userId
    if (rows.length < BATCH) return
  }
}
