import { authAsIs } from '../api/auth.ts'
import { replaceSession } from '../api/session.ts'
import { users } from '../api/users.ts'
import { nextOrganization } from './next-organization.ts'

/**
 * Has the session act for another organisation than one that is left or gone. The server does so by itself at the next
 * renewal; where it cannot be asked for now, that is soon enough.
 */
export async function actElsewhere(gone: string) {
  try {
    const { items } = await users.listOrganizations({ limit: 100 })
    const next = nextOrganization(items, gone)
    if (!next) return
    const go = () => replaceSession(() => authAsIs.switchOrganization({ organizationId: next.id }))
    // Leaving ends the access token as well, and may do so in between.
    await go().catch(go)
  } catch {
    return
  }
}
