import { isAppError } from '@lightpress/protocol'
import type { NotificationsContext } from './context.ts'
import type { Locale } from './formats.ts'

/** Whom something is told, in which language, and where they are. */
export interface Recipient {
  id: string
  locale: Locale
  /** Of the IANA database. */
  timeZone: string
}

/** Who looks after an organisation, its money included: its owners and admins. Nobody, once it is gone. */
export async function readManagers(organizationId: string, { calls }: Pick<NotificationsContext, 'calls'>) {
  try {
    return await calls.users.readMembers({ organizationId, roles: ['owner', 'admin'] })
  } catch (error) {
    if (isAppError(error) && error.reason === 'users.organization_not_found')
      return { organizationName: '', members: [] }
    throw error
  }
}

/** One person with their language; undefined when they are gone. */
export async function readPerson(userId: string, { calls }: Pick<NotificationsContext, 'calls'>) {
  const { users } = await calls.users.readUsers({ ids: [userId] })
  return users[0]
}
