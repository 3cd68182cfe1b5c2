import { readActs, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import type { UsersContext } from './context.ts'
import { activity } from './schema.ts'

/** What was done in organisations, for whoever reads what happened in all modules. Ids only: names stand in the log itself. */
export function trail(about: TrailSubject, page: TrailPage, ctx: UsersContext): Promise<TrailItem[]> {
  const { impersonatorId, apiKeyId, invitationId, webhookEndpointId, role, formerRole } = activity
  const details = { impersonatorId, apiKeyId, invitationId, webhookEndpointId, role, formerRole }
  return readActs({ module: 'users', table: activity, details }, { about, page }, ctx)
}
