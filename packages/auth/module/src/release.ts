import type { DataItem, Subject } from '@lightpress/protocol'
import type { AuthContext } from './context.ts'
import { revoke } from './revocations.ts'
import { followOrganization } from './shut-organizations.ts'
import { shutOut } from './shut-out.ts'

/**
 * Nobody comes in as a person, or acts in an organisation, from before anything is erased. Events say so within a second;
 * this is for whoever erases, who must know it. What ended is erased afterwards, and counted then.
 */
export async function release({ kind, id }: Subject, ctx: AuthContext): Promise<DataItem[]> {
  if (kind === 'organization') await followOrganization(id, ctx)
  else await ctx.withTx(async (tx) => revoke(tx, await shutOut(tx, { userId: id, actorId: null }, ctx), ctx))
  return []
}
