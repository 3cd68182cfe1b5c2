import type { auth as Auth } from '@lightpress/auth-contract'
import { routes } from 'virtual:lightpress-routes/auth'
import { createClient } from './client.ts'

export const auth = createClient<typeof Auth>(routes)
