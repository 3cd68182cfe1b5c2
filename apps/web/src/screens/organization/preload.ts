import { getActiveId, getMe, getSession } from '../../account/data.ts'
import { warm } from '../../api/warm.ts'
import { getInvitations } from '../invitations/data.ts'
import { getMembers } from '../members/data.ts'
import { parseFilter } from '../members/filter.ts'
import { getOrganizationActivity } from '../organization-activity/data.ts'
import { parseFilter as parseActivityFilter } from '../organization-activity/filter.ts'
import { getWebhookDeliveries, getWebhookDelivery, getWebhookEndpoint, getWebhookEndpoints } from '../webhooks/data.ts'
import { parseFilter as parseLogFilter } from '../webhooks/filter.ts'

interface Preload {
  params: { part?: string; id?: string; kind?: string; item?: string }
  location: { query: Record<string, string | string[] | undefined> }
}

/** Asks for what a screen of the organisation shows as soon as it is known which organisation that is. */
export function preloadOrganization({ params, location: { query } }: Preload) {
  warm(ask(params, query))
}

async function ask(
  { part, id: thing, kind, item }: Preload['params'],
  query: Preload['location']['query'],
): Promise<unknown> {
  const id = await getActiveId()
  if (id === null) return undefined
  const cursor = typeof query.cursor === 'string' ? query.cursor : undefined
  if (part === 'members') return getMembers(id, parseFilter(query), cursor)
  // The rest is for those who manage it, and refused to all others.
  if ((await getSession()).role === 'member') return undefined
  if (part === 'invitations') return getInvitations(id, cursor)
  if (part === 'activity')
    return getOrganizationActivity(id, parseActivityFilter(query), (await getMe()).timeZone, cursor)
  if (part !== 'webhooks') return undefined
  if (item !== undefined) return getWebhookDelivery(item)
  if (thing === undefined) return getWebhookEndpoints()
  if (kind === undefined) warm(getWebhookDeliveries(thing, parseLogFilter(query), cursor))
  return getWebhookEndpoint(thing)
}
