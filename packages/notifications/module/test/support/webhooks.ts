import { newId } from '@lightpress/kernel'
import { notifications as contract, type WebhookEventType } from '@lightpress/notifications-contract'
import { until } from '@lightpress/testing'
import { membershipChanged } from '@lightpress/users-contract'
import { startNotifications, type Person } from './app.ts'

/** The module, allowed to reach this machine, with a short patience; and what customers do with it. */
export async function startWebhooks(env: Record<string, string> = {}) {
  const app = await startNotifications({ WEBHOOK_TARGETS: 'local', WEBHOOK_RETRIES: '0.05,0.05,0.05', ...env })

  /** An organisation with an owner, and what its people can do with webhooks. */
  function newCustomer(owner: Partial<Person> = {}) {
    const person = app.addPerson(owner)
    const organizationId = app.addOrganization([person])
    const as = (role: 'owner' | 'admin' | 'member') => app.as(contract, { userId: person.id, organizationId, role })
    const admin = as('admin')
    return {
      person,
      organizationId,
      as,
      admin,
      async addEndpoint(url: string, eventTypes: WebhookEventType[] = ['member.joined']) {
        return admin.createWebhookEndpoint({ url, eventTypes })
      },
      /** Somebody joins; gives the event's id, and whose it is. */
      async happen(changes: { id?: string; change?: 'joined' | 'left' | 'removed' | 'role' | 'ownership' } = {}) {
        const { id = newId(), change = 'joined' } = changes
        const userId = newId()
        const payload = { organizationId, userId, change, role: 'member' as const, actorId: null }
        await app.deliver(membershipChanged, payload, { id })
        return { id, userId }
      },
      deliveriesOf: async (id: string) => (await admin.listWebhookDeliveries({ id, limit: 100 })).items,
      /** Waits until nothing of an endpoint is pending; gives its deliveries, the newest first. */
      settled: (id: string, count = 1) =>
        until(
          async () => (await admin.listWebhookDeliveries({ id, limit: 100 })).items,
          (items) => items.length >= count && items.every(({ status }) => status !== 'pending'),
        ),
    }
  }

  return { ...app, newCustomer }
}

export type Webhooks = Awaited<ReturnType<typeof startWebhooks>>
