import { randomBytes } from 'node:crypto'
import { identityOf, newId, organizationOf, type Tx } from '@lightpress/kernel'
import { AppError, ranksAtLeast, type Input, type Output, type Role } from '@lightpress/protocol'
import { and, eq, sql } from 'drizzle-orm'
import { isLiving, toApiKey } from './api-keys.ts'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { apiKey } from './schema.ts'
import { scopesOf } from './scopes.ts'
import { hashOf } from './secrets.ts'

/** Keys of one organisation that can be used: more than anybody has programs. */
const LIVING = 100

const LONGEST_YEARS = 10

/**
 * Not under `once`: an Idempotency-Key answers what was answered before, so the key would have to be stored. Whoever
 * missed the answer sees a key in the list that nobody has, and revokes it.
 */
export async function createApiKey(
  { name, scopes: wanted, expiresAt: until }: Input<Ops['createApiKey']>,
  ctx: AuthContext,
): Promise<Output<Ops['createApiKey']>> {
  const { role } = identityOf(ctx)
  const own = await readOwnAccount(ctx)
  const { userId } = own
  const organizationId = organizationOf(ctx)
  const scopes = [...new Set(wanted)].sort()
  requireGivable(scopes, { role, ctx })
  const expiresAt = parseExpiry(until, new Date())
  const prefix = `lp_${randomBytes(6).toString('hex')}`
  const key = `${prefix}_${randomBytes(32).toString('hex')}`
  const id = newId()
  const made = await ctx.withTx(async (tx) => {
    // Whoever is being shut out makes none that would stay: see `revokeKeysMadeBy`.
    await holdOwnAccount(tx, own, ctx)
    await requireRoom(tx, organizationId)
    const [row] = await tx
      .insert(apiKey)
      .values({ id, organizationId, name, prefix, hash: hashOf(key), scopes, createdBy: userId, expiresAt })
      .returning()
    await recordAndAlert(tx, { action: 'api_key_created', userId, apiKeyId: id }, ctx)
    return row as typeof apiKey.$inferSelect
  })
  return { apiKey: toApiKey(made), key }
}

function requireGivable(wanted: readonly string[], { role, ctx }: { role: Role | null; ctx: AuthContext }): void {
  const known = new Map(scopesOf(ctx.contracts).map((scope) => [scope.name, scope]))
  for (const name of wanted) {
    const scope = known.get(name)
    if (!scope) {
      const message = `There is no scope "${name}".`
      throw new AppError('invalid', 'auth.scope_unknown', message, { errors: [{ path: 'scopes', message }] })
    }
    if (!ranksAtLeast(role, scope.role))
      throw new AppError('forbidden', 'auth.scope_not_yours', `The scope ${name} takes the role ${scope.role} to give.`)
  }
}

function parseExpiry(text: string | null, now: Date): Date | null {
  if (text === null) return null
  const expiresAt = new Date(text)
  const latest = new Date(now)
  latest.setUTCFullYear(now.getUTCFullYear() + LONGEST_YEARS)
  if (expiresAt > now && expiresAt <= latest) return expiresAt
  const message = `A key expires in the future, within ${LONGEST_YEARS} years, or never.`
  throw new AppError('invalid', 'request.invalid', message, { errors: [{ path: 'expiresAt', message }] })
}

/** Holds the organisation's keys until the transaction ends, so that of many at once none counts before the other. */
async function requireRoom(tx: Tx, organizationId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`auth.api_keys ${organizationId}`}, 0))`)
  if ((await tx.$count(apiKey, and(eq(apiKey.organizationId, organizationId), isLiving()))) < LIVING) return
  throw new AppError(
    'conflict',
    'auth.too_many_api_keys',
    `An organisation has ${LIVING} API keys at most. Revoke one first.`,
  )
}
