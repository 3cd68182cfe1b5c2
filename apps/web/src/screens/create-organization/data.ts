import { action } from '@solidjs/router'
import { authAsIs } from '../../api/auth.ts'
import { replaceSession } from '../../api/session.ts'
import { users } from '../../api/users.ts'

/** Makes it and goes over to it. The same key for the same name: pressed twice, it is one organisation. */
export const createOrganization = action(async (name: string, idempotencyKey: string) => {
  const made = await users.createOrganization({ name }, { idempotencyKey })
  await replaceSession(() => authAsIs.switchOrganization({ organizationId: made.id }))
  return made
}, 'create-organization')
