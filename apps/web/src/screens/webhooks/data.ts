import type { WebhookEventType } from '@lightpress/notifications-contract'
import { isAppError } from '@lightpress/protocol'
import { action, json, query, redirect } from '@solidjs/router'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { toDeliveryFilter, type Filter } from './filter.ts'

const pageLength = 25

export const getWebhookEndpoints = read('webhook-endpoints', () => notifications.listWebhookEndpoints({}))

export const getWebhookEndpoint = read('webhook-endpoint', (id: string) =>
  orNull(notifications.getWebhookEndpoint({ id })),
)

export const getWebhookDeliveries = read(
  'webhook-deliveries',
  (id: string, filter: Filter, cursor: string | undefined) =>
    readPage(cursor, (from) =>
      notifications.listWebhookDeliveries({ id, ...toDeliveryFilter(filter), limit: pageLength, ...from }),
    ),
)

export const getWebhookDelivery = read('webhook-delivery', (id: string) =>
  orNull(notifications.getWebhookDelivery({ id })),
)

/** What shows an endpoint, and what shows that something was sent to it. */
const aboutEndpoints = [getWebhookEndpoints.key, getWebhookEndpoint.key]
const aboutDeliveries = [...aboutEndpoints, getWebhookDeliveries.key, getWebhookDelivery.key]

interface Endpoint {
  url: string
  description: string
  eventTypes: WebhookEventType[]
}

/** Answers with the secret, this once. */
export const createWebhookEndpoint = action(
  async (endpoint: Endpoint) =>
    json(await notifications.createWebhookEndpoint(endpoint), { revalidate: aboutEndpoints }),
  'create-webhook-endpoint',
)

/** Changes what is given and leaves the rest. */
export const updateWebhookEndpoint = action(
  async (id: string, changes: Partial<Endpoint> & { enabled?: boolean }) =>
    json(await notifications.updateWebhookEndpoint({ id, ...changes }), { revalidate: aboutDeliveries }),
  'update-webhook-endpoint',
)

/** Answers with the new secret, this once. */
export const rotateWebhookSecret = action(
  async (id: string, overlapHours: number) =>
    json(await notifications.rotateWebhookSecret({ id, overlapHours }), { revalidate: aboutEndpoints }),
  'rotate-webhook-secret',
)

export const deleteWebhookEndpoint = action(async (id: string) => {
  await notifications.deleteWebhookEndpoint({ id })
  // Back would show it as it was. Its screen is left before anything of it is read again.
  query.delete(getWebhookEndpoint.keyFor(id))
  throw redirect('/organization/webhooks', { revalidate: getWebhookEndpoints.key })
}, 'delete-webhook-endpoint')

export const testWebhookEndpoint = action(
  async (id: string) => json(await notifications.testWebhookEndpoint({ id }), { revalidate: aboutDeliveries }),
  'test-webhook-endpoint',
)

/** As many as one request takes, and where the next one goes on. */
export const replayMissedWebhooks = action(
  async (id: string, since: string, cursor: string | null) =>
    json(await notifications.replayMissedWebhooks({ id, since, ...(cursor !== null && { cursor }) }), {
      revalidate: aboutDeliveries,
    }),
  'replay-missed-webhooks',
)

export const replayWebhookDelivery = action(
  async (id: string) => json(await notifications.replayWebhookDelivery({ id }), { revalidate: aboutDeliveries }),
  'replay-webhook-delivery',
)

/** What an address names and there is not: gone, somebody else’s, or no id at all. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (isAppError(error) && (error.code === 'not_found' || error.errors.some(({ path }) => path === 'id'))) return null
    throw error
  }
}
