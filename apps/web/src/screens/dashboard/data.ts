import { warm } from '../../api/warm.ts'
import { getSubscription } from '../billing/data.ts'
import { getNotifications } from '../notifications/data.ts'
import { getPlans } from '../pricing/data.ts'

export function preloadDashboard() {
  warm(getSubscription(), getPlans(), getNotifications({}))
}
