import { on, timeOfId } from '@lightpress/kernel'
import { webhookEndpointChanged } from '@lightpress/notifications-contract'
import type { UsersContext } from './context.ts'
import { lockOrganization } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'

/** Whoever looks after an organisation sees who had what happens there told to a program, or to another one. */
export const onWebhookEndpointChanged = on(webhookEndpointChanged, {
  async handle({ id, payload }, { tx }, ctx: UsersContext) {
    const { organizationId, endpointId: webhookEndpointId, change, actorId, apiKeyId } = payload
    // Of one that was closed meanwhile nobody reads the log.
    if (!(await lockOrganization(tx, organizationId))) return
    const happened = { organizationId, webhookEndpointId, actorId, apiKeyId, at: timeOfId(id) }
    await recordActivity(tx, { ...happened, action: `webhook_${change}` }, ctx)
  },
})
