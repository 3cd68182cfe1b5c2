import type { SecondFactor } from '@lightpress/auth-contract'
import type { Db, Tx } from '@lightpress/kernel'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { passkey, recoveryCode, totp } from './schema.ts'

/**
 * What a person can be asked for beside a first factor; nothing for whoever has no second one. Recovery codes stand for
 * one that was lost, so without one there are none.
 */
export async function secondFactorsOf(db: Db | Tx, userId: string): Promise<SecondFactor[]> {
  const apps = await db.$count(totp, and(eq(totp.userId, userId), isNotNull(totp.confirmedAt)))
  const passkeys = await db.$count(passkey, eq(passkey.userId, userId))
  if (apps === 0 && passkeys === 0) return []
  const codes = await db.$count(recoveryCode, and(eq(recoveryCode.userId, userId), isNull(recoveryCode.usedAt)))
  return [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...(apps > 0 ? (['totp'] as const) : []),
    ...(codes > 0 ? (['recovery_code'] as const) : []),
  ]
}
