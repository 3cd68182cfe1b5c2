import type { notifications as Notifications } from '@lightpress/notifications-contract'
import { routes } from 'virtual:lightpress-routes/notifications'
import { createClient } from './client.ts'

export const notifications = createClient<typeof Notifications>(routes)
