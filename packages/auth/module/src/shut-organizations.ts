import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { revoke } from './revocations.ts'
import { shutOrganization } from './schema.ts'

// Nobody acts in an organisation that is suspended or being erased. One row says so, however many people are in it:
// every process refuses what is for it, access tokens and API keys, from when it reads the revocation. People renew
// their token and are in another organisation then, because users passes this one over. By the time that processes
// forget the revocation no token from before is good any more, and an API key was asked about again, which stands for
// nothing while the row is there. Once the organisation is reopened, what was for it is good again, its keys at once or
// within the minute for which processes remember what they were told.

/**
 * Does as users says of an organisation by now. It is asked again after that was written, until that is what was
 * written: of several that do so at the same moment, the one that writes last has then seen the latest.
 */
export async function followOrganization(organizationId: string, ctx: AuthContext): Promise<void> {
  const isShut = async () => (await ctx.calls.users.readOrganizationState({ organizationId })).state !== 'active'
  let written: boolean | undefined
  for (let shut = await isShut(); shut !== written; shut = await isShut()) {
    const wanted = shut
    await ctx.withTx((tx) => (wanted ? close(tx, organizationId, ctx) : reopen(tx, organizationId, ctx)))
    written = shut
  }
}

/** Tells of it only when it changes something, so that what is told comes in the order in which it happened. */
async function close(tx: Tx, id: string, ctx: AuthContext): Promise<void> {
  const closed = await tx.insert(shutOrganization).values({ id }).onConflictDoNothing().returning()
  if (closed.length > 0) await revoke(tx, [{ organizationId: id, reopened: false }], ctx)
}

async function reopen(tx: Tx, id: string, ctx: AuthContext): Promise<void> {
  const reopened = await tx.delete(shutOrganization).where(eq(shutOrganization.id, id)).returning()
  if (reopened.length > 0) await revoke(tx, [{ organizationId: id, reopened: true }], ctx)
}
