import { on, timeOfId } from '@lightpress/kernel'
import { webhookEndpointChanged } from '@lightpress/notifications-contract'
import type { UsersContext } from './context.ts'
import { lockOrganization } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'

/** Whoever looks after an organisation sees who had what happens there told to a program, or to another one. */
export const onWebhookEndpointChanged = on(webhookEndpointChanged, {
  async handle({ id, payload: { organizationId, change, actorId, apiKeyId } }, { tx }, ctx: UsersContext) {
    // Of one that was closed meanwhile nobody reads the log.
    if (!(await lockOrganization(tx, organizationId))) return
    const happened = { organizationId, action: `webhook_${change}` as const, actorId, apiKeyId }
    // When it was done, not when it was heard of.
    await recordActivity(tx, { ...happened, at: timeOfId(id) }, ctx)
  },
})
