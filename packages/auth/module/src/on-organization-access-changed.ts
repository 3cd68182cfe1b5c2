import { defineJob, enqueue, on } from '@lightpress/kernel'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { z } from 'zod'
import type { AuthContext } from './context.ts'
import { followOrganization } from './shut-organizations.ts'

/** Events come in any order, so that something changed is all that is taken from this one. */
export const onOrganizationAccessChanged = on(organizationAccessChanged, {
  async handle({ payload: { organizationId } }, { tx }, _ctx: AuthContext) {
    await enqueue(tx, follow, { payload: { organizationId } })
  },
})

export const follow = defineJob(
  'follow-organization',
  z.object({ organizationId: z.uuid() }),
  ({ organizationId }, ctx: AuthContext) => followOrganization(organizationId, ctx),
)
