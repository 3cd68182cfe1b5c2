import { defineJob, enqueue, on, summarizeError } from '@lightpress/kernel'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { z } from 'zod'
import type { AuthContext } from './context.ts'
import { followOrganization } from './shut-organizations.ts'

/**
 * Events come in any order, so that something changed is all that is taken from this one. It is acted on at once; where
 * users is not there to say how it is by now, that is promised.
 */
export const onOrganizationAccessChanged = on(organizationAccessChanged, {
  async prepare({ payload: { organizationId } }, ctx: AuthContext) {
    try {
      await followOrganization(organizationId, ctx)
      return { followed: true }
    } catch (error) {
      ctx.log.warn({ organizationId, error: summarizeError(error) }, 'an organisation is followed later, by a job')
      return { followed: false }
    }
  },

  async handle({ payload: { organizationId } }, { tx, prepared }) {
    if (!prepared.followed) await enqueue(tx, follow, { payload: { organizationId } })
  },
})

/** Until it is done: nothing else ends the API keys of an organisation that was shut. */
export const follow = defineJob(
  'follow-organization',
  z.object({ organizationId: z.uuid() }),
  ({ organizationId }, ctx: AuthContext) => followOrganization(organizationId, ctx),
  { untilDone: true },
)
