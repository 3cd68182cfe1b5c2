import type { Credentials, LinkedSignIn, Recovery } from '@lightpress/auth-contract'
import type { Input, Output } from '@lightpress/protocol'
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { readOwnAccount } from './own-account.ts'
import { linkedSignIn, recovery, recoveryCode, totp } from './schema.ts'
import { describePasskey, passkeysOf } from './stored-passkeys.ts'

export async function getCredentials(
  _input: Input<Ops['getCredentials']>,
  ctx: AuthContext,
): Promise<Output<Ops['getCredentials']>> {
  const { userId, passwordHash } = await readOwnAccount(ctx)
  const passkeys = await passkeysOf(ctx.db, userId)
  const app = await readTotp(userId, ctx)
  return {
    password: passwordHash !== null,
    totp: app,
    passkeys: passkeys.map(describePasskey),
    recoveryCodesLeft: app || passkeys.length > 0 ? await countCodes(userId, ctx) : null,
    linkedSignIns: await readLinkedSignIns(userId, ctx),
    recovery: await readRecovery(userId, ctx),
  }
}

async function readTotp(userId: string, { db }: AuthContext): Promise<Credentials['totp']> {
  const [app] = await db.select({ confirmedAt: totp.confirmedAt }).from(totp).where(eq(totp.userId, userId))
  return app?.confirmedAt ? { confirmedAt: app.confirmedAt.toISOString() } : null
}

function countCodes(userId: string, { db }: AuthContext): Promise<number> {
  return db.$count(recoveryCode, and(eq(recoveryCode.userId, userId), isNull(recoveryCode.usedAt)))
}

async function readLinkedSignIns(userId: string, { db }: AuthContext): Promise<LinkedSignIn[]> {
  const linked = await db
    .select()
    .from(linkedSignIn)
    .where(eq(linkedSignIn.userId, userId))
    .orderBy(asc(linkedSignIn.createdAt), asc(linkedSignIn.id))
  return linked.map(({ id, provider, email, createdAt, lastUsedAt }) => ({
    id,
    provider,
    providerName: provider,
    email,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }))
}

/** One that can still take their factors away. */
async function readRecovery(userId: string, { db }: AuthContext): Promise<Recovery | null> {
  const [waiting] = await db
    .select()
    .from(recovery)
    .where(and(eq(recovery.userId, userId), isNull(recovery.settledAt), gt(recovery.expiresAt, sql`now()`)))
  if (!waiting) return null
  const { createdAt, availableAt, expiresAt } = waiting
  return {
    requestedAt: createdAt.toISOString(),
    availableAt: availableAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
