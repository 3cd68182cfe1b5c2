import type { ApiKey } from '@lightpress/auth-contract'
import { decodeCursor, identityOf, organizationOf, pageFrom, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { revoke, type Revoked } from './revocations.ts'
import { apiKey } from './schema.ts'
import { scopesOf } from './scopes.ts'

const Key = z.tuple([z.uuid()])

// A key belongs to its organisation and not to whoever made it: it goes on when they leave, as the programs that use it
// do. Whoever is admin then sees whose it was, and can revoke it. Not so when they are suspended or removed: the key may
// be how they come back, or how somebody does who had taken over their account.

/** Ids are times, so they are in the order in which keys were made. */
export async function listApiKeys(
  { limit, cursor }: Input<Ops['listApiKeys']>,
  ctx: AuthContext,
): Promise<Output<Ops['listApiKeys']>> {
  const after = decodeCursor(cursor, Key)
  const rows = await ctx.db
    .select()
    .from(apiKey)
    .where(
      and(
        eq(apiKey.organizationId, organizationOf(ctx)),
        sql`${isForgotten()} is not true`,
        after && lt(apiKey.id, after[0]),
      ),
    )
    .orderBy(desc(apiKey.id))
    .limit(limit + 1)
  const page = pageFrom(rows.map(toApiKey), limit, ({ id }) => [id])
  return { ...page, creators: await readCreators(page.items, ctx) }
}

export async function listScopes(
  _input: Input<Ops['listScopes']>,
  { contracts }: AuthContext,
): Promise<Output<Ops['listScopes']>> {
  return { scopes: scopesOf(contracts) }
}

/** Another organisation's is told from none at all by nobody. */
export async function revokeApiKey(
  { id }: Input<Ops['revokeApiKey']>,
  ctx: AuthContext,
): Promise<Output<Ops['revokeApiKey']>> {
  const { userId } = identityOf(ctx)
  const mine = and(eq(apiKey.id, id), eq(apiKey.organizationId, organizationOf(ctx)))
  await ctx.withTx(async (tx) => {
    const [found] = await tx.select({ revokedAt: apiKey.revokedAt }).from(apiKey).where(mine).for('no key update')
    if (!found) throw new AppError('not_found', 'auth.api_key_not_found', 'The organisation has no such API key.')
    if (found.revokedAt) return
    await tx
      .update(apiKey)
      .set({ revokedAt: sql`now()` })
      .where(mine)
    await record(tx, { action: 'api_key_revoked', userId, apiKeyId: id }, ctx)
    await revoke(tx, [{ apiKeyId: id }], ctx)
  })
  return { status: 'revoked' }
}

/**
 * Revokes what lets programs in that this person made, for whichever organisation. The caller holds the account, so none
 * is being made meanwhile. What this answers is for `revoke`.
 */
export async function revokeKeysMadeBy(
  tx: Tx,
  { userId, actorId }: { userId: string; actorId: string | null },
  ctx: AuthContext,
): Promise<Revoked[]> {
  const revoked = await tx
    .update(apiKey)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKey.createdBy, userId), isLiving()))
    .returning({ apiKeyId: apiKey.id, organizationId: apiKey.organizationId })
  for (const key of revoked) await record(tx, { action: 'api_key_revoked', userId, actorId, ...key }, ctx)
  return revoked.map(({ apiKeyId }) => ({ apiKeyId }))
}

/** Lets somebody in. */
export function isLiving() {
  return and(isNull(apiKey.revokedAt), or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, sql`now()`)))
}

/** Was revoked, or expired, thirty days ago: it is not listed any more, and swept. */
export function isForgotten() {
  // `least` passes over what is null.
  return sql`(least(${apiKey.revokedAt}, ${apiKey.expiresAt}) < now() - interval '30 days')`
}

async function readCreators(keys: readonly ApiKey[], { calls }: AuthContext) {
  const ids = [...new Set(keys.map(({ createdBy }) => createdBy))]
  if (ids.length === 0) return []
  const { users } = await calls.users.readUsers({ ids })
  return users.map(({ id, name }) => ({ id, name }))
}

export function toApiKey(row: typeof apiKey.$inferSelect): ApiKey {
  const { id, name, prefix, scopes, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt } = row
  return {
    id,
    name,
    prefix,
    scopes,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}
