import { createHash } from 'node:crypto'
import { AppError } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { stateOf, type Tx } from './db.ts'
import { callerIdOf } from './identity.ts'
import type { ModuleContext } from './module.ts'
import { tablesOf } from './tables.ts'

/**
 * Runs `effect` once for each caller and `Idempotency-Key`, and answers every repetition with the first result,
 * which commits together with the effect. A repetition meanwhile waits. Without a key it just runs.
 * A key that comes again with another input is refused (`request.idempotency_key_reused`).
 */
export async function once<T>(
  tx: Tx,
  { operation, input, effect }: { operation: string; input: unknown; effect: () => Promise<T> },
  ctx: Pick<ModuleContext, 'caller' | 'request'>,
): Promise<T> {
  const key = ctx.request.idempotencyKey
  return key === null ? effect() : onceFor(tx, { operation, caller: callerIdOf(ctx), key, input }, effect)
}

/** The same for a key that is known otherwise. */
export async function onceFor<T>(
  tx: Tx,
  { operation, caller, key, input }: { operation: string; caller: string; key: string; input: unknown },
  effect: () => Promise<T>,
): Promise<T> {
  const { idempotency: table } = tablesOf(stateOf(tx).module)
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('base64url')
  const mine = and(eq(table.operation, operation), eq(table.caller, caller), eq(table.key, key))

  const [claimed] = await tx
    .insert(table)
    .values({ operation, caller, key, fingerprint })
    .onConflictDoNothing()
    .returning({ key: table.key })
  if (claimed) {
    const result = await effect()
    await tx
      .update(table)
      .set({ result: result ?? null })
      .where(mine)
    return result
  }
  const [stored] = await tx.select().from(table).where(mine)
  if (stored?.fingerprint !== fingerprint) throw idempotencyKeyReused()
  return stored.result as T
}

/** For whoever keeps keys in a table of its own, too. */
export function idempotencyKeyReused(): AppError {
  const message = 'This Idempotency-Key was used for another request. Use a new one.'
  return new AppError('conflict', 'request.idempotency_key_reused', message)
}
