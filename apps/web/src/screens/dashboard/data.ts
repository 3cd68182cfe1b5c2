import { action, json } from '@solidjs/router'
import { getOrganizations } from '../../account/data.ts'
import { users } from '../../api/users.ts'
import { warm } from '../../api/warm.ts'
import { getSubscription } from '../billing/data.ts'
import { getNotifications } from '../notifications/data.ts'
import { getPlans } from '../pricing/data.ts'

export function preloadDashboard() {
  warm(getSubscription(), getPlans(), getNotifications(undefined))
}

export const renameOrganization = action(async (id: string, name: string) => {
  return json(await users.updateOrganization({ id, name }), { revalidate: getOrganizations.key })
}, 'rename-organization')
