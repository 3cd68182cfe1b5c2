import type { users as Users } from '@lightpress/users-contract'
import { routes } from 'virtual:lightpress-routes/users'
import { createClient } from './client.ts'

export const users = createClient<typeof Users>(routes)
