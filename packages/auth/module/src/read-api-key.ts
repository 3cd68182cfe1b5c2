import { summarizeError } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { isLiving } from './api-keys.ts'
import type { AuthContext, Ops } from './context.ts'
import { unknownKeys, takeForNetwork } from './limits.ts'
import { apiKey, shutOrganization } from './schema.ts'

/** Every process asks this of each key that it is shown, at most once a minute. */
export async function readApiKey(
  { hash }: Input<Ops['readApiKey']>,
  ctx: AuthContext,
): Promise<Output<Ops['readApiKey']>> {
  const [found] = await ctx.db
    .select({
      apiKeyId: apiKey.id,
      organizationId: apiKey.organizationId,
      scopes: apiKey.scopes,
      expiresAt: apiKey.expiresAt,
    })
    .from(apiKey)
    .leftJoin(shutOrganization, eq(shutOrganization.id, apiKey.organizationId))
    .where(and(eq(apiKey.hash, hash), isLiving(), isNull(shutOrganization.id)))
  if (!found) {
    // Only now: strangers behind the same address must not keep a program from its work.
    await takeForNetwork(unknownKeys, ctx)
    return { apiKey: null }
  }
  // Nobody waits for it, and nobody is refused because it failed.
  void noteUse(found.apiKeyId, ctx).catch((error: unknown) =>
    ctx.log.debug({ error: summarizeError(error) }, 'the last use of an API key was not noted'),
  )
  return { apiKey: { ...found, expiresAt: found.expiresAt?.toISOString() ?? null } }
}

/** Once a minute, however many processes ask. */
async function noteUse(id: string, { db }: AuthContext): Promise<void> {
  const aMinuteAgo = sql`now() - interval '1 minute'`
  await db
    .update(apiKey)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKey.id, id), or(isNull(apiKey.lastUsedAt), lt(apiKey.lastUsedAt, aMinuteAgo))))
}
