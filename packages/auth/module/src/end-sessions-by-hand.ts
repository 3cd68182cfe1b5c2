import { ConfigError, type Command } from '@lightpress/kernel'
import { EmailAddress, emailKey } from '@lightpress/protocol'
import { and, asc, eq, exists, gt, isNull } from 'drizzle-orm'
import { findOwner } from './address-owner.ts'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { closeImpersonationsBy } from './impersonated-sessions.ts'
import { revoke, type Revoked } from './revocations.ts'
import { account, session } from './schema.ts'
import { closeSessionsOf, raiseVersion } from './sessions.ts'

/** People whose sessions end in one transaction: it holds their accounts, and everybody's revocations, so long. */
const BATCH = 100

/** For one person, or for everybody when secrets of all may be out. Nobody is alerted: it is not somebody's doing. */
export const endSessionsByHand: Command<AuthContext> = {
  name: 'sessions end',
  summary: 'Ends every session of the person with this address, or with --all of everybody.',
  async run({ args: [whose, ...more] }, ctx) {
    if (whose === undefined || more.length > 0) throw usage()
    const people = whose === '--all' ? await endEverybodys(ctx) : await endTheirs(whose, ctx)
    return `The sessions of ${people === 1 ? 'one person' : `${people} people`} were ended.`
  },
}

async function endTheirs(address: string, ctx: AuthContext): Promise<number> {
  const email = EmailAddress.safeParse(address)
  if (!email.success) throw usage()
  const owner = await findOwner(ctx.db, emailKey(email.data))
  if (!owner) throw new ConfigError(`Nobody has the address ${email.data}.`)
  await endOf([owner.userId], ctx)
  return 1
}

/** In order, so that it ends although people go on signing in. When it fails on the way, it is run again. */
async function endEverybodys(ctx: AuthContext): Promise<number> {
  let people = 0
  let after: string | undefined
  for (;;) {
    const batch = await ctx.db
      .select({ userId: account.userId })
      .from(account)
      .where(and(after === undefined ? undefined : gt(account.userId, after), hasSession(ctx)))
      .orderBy(asc(account.userId))
      .limit(BATCH)
    const userIds = batch.map(({ userId }) => userId)
    if (userIds.length > 0) await endOf(userIds, ctx)
    people += userIds.length
    after = userIds.at(-1)
    if (userIds.length < BATCH) return people
  }
}

async function endOf(userIds: readonly string[], ctx: AuthContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    // All accounts before any session, as whoever signs in over somebody else's session does.
    const revoked: Revoked[] = []
    for (const userId of userIds) revoked.push(...(await raiseVersion(tx, userId)))
    for (const userId of userIds) {
      await closeSessionsOf(tx, userId, {})
      revoked.push(...(await closeImpersonationsBy(tx, userId)))
      await record(tx, { action: 'sessions_ended', userId }, ctx)
    }
    await revoke(tx, revoked, ctx)
  })
}

function hasSession({ db }: AuthContext) {
  return exists(
    db
      .select({ id: session.id })
      .from(session)
      .where(and(eq(session.userId, account.userId), isNull(session.endedAt))),
  )
}

function usage(): ConfigError {
  return new ConfigError('Usage: sessions end <email> | --all')
}
