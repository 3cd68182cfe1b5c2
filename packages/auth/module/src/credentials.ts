import type { Credentials, LinkedSignIn } from '@lightpress/auth-contract'
import type { Input, Output } from '@lightpress/protocol'
import { and, asc, eq, isNull } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { providerName } from './oidc.ts'
import { readOwnAccount } from './own-account.ts'
import { findWaiting, present } from './recovery.ts'
import { linkedSignIn, recoveryCode, totp } from './schema.ts'
import { describePasskey, passkeysOf } from './stored-passkeys.ts'

export async function getCredentials(
  _input: Input<Ops['getCredentials']>,
  ctx: AuthContext,
): Promise<Output<Ops['getCredentials']>> {
  const { userId, passwordHash } = await readOwnAccount(ctx)
  const passkeys = await passkeysOf(ctx.db, userId)
  const app = await readTotp(userId, ctx)
  const waiting = await findWaiting(ctx.db, userId)
  return {
    password: passwordHash !== null,
    totp: app,
    passkeys: passkeys.map(describePasskey),
    recoveryCodesLeft: app || passkeys.length > 0 ? await countCodes(userId, ctx) : null,
    linkedSignIns: await readLinkedSignIns(userId, ctx),
    recovery: waiting ? present(waiting) : null,
  }
}

async function readTotp(userId: string, { db }: AuthContext): Promise<Credentials['totp']> {
  const [app] = await db.select({ confirmedAt: totp.confirmedAt }).from(totp).where(eq(totp.userId, userId))
  return app?.confirmedAt ? { confirmedAt: app.confirmedAt.toISOString() } : null
}

function countCodes(userId: string, { db }: AuthContext): Promise<number> {
  return db.$count(recoveryCode, and(eq(recoveryCode.userId, userId), isNull(recoveryCode.usedAt)))
}

async function readLinkedSignIns(userId: string, ctx: AuthContext): Promise<LinkedSignIn[]> {
  const linked = await ctx.db
    .select()
    .from(linkedSignIn)
    .where(eq(linkedSignIn.userId, userId))
    .orderBy(asc(linkedSignIn.createdAt), asc(linkedSignIn.id))
  return linked.map(({ id, provider, email, createdAt, lastUsedAt }) => ({
    id,
    provider,
    providerName: providerName(provider, ctx),
    email,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }))
}
