import type { Profile } from '@lightpress/users-contract'
import { isAppError } from '@lightpress/protocol'
import { action, json, query, redirect } from '@solidjs/router'
import { auth, authAsIs } from '../api/auth.ts'
import { notifications } from '../api/notifications.ts'
import { read } from '../api/read.ts'
import { activeOrganizationId, endSession, replaceSession } from '../api/session.ts'
import { writeSession } from '../api/session-note.ts'
import { setSignInReason } from '../api/sign-in-reason.ts'
import { users } from '../api/users.ts'
import { warm } from '../api/warm.ts'
import { dropDrafts } from '../ui/drafts.ts'

/** What every signed-in screen stands on. */
export const getMe = read('me', () => users.getMe({}))
export const getOrganizations = read('organizations', async () => (await users.listOrganizations({ limit: 100 })).items)
export const getSession = read('session', () => auth.getSession({}))
export const getActiveId = read('active-organization', activeOrganizationId)

/** Asked anew each time: an answer that is kept is behind what the stream says. */
export async function countUnread(): Promise<number> {
  return (await notifications.getUnreadCount({})).count
}

export function preloadAccount() {
  warm(getMe(), getOrganizations(), getActiveId(), getSession())
}

/** Changes what is given and leaves the rest. */
export const updateMe = action(async (changes: Partial<Pick<Profile, 'name' | 'locale' | 'timeZone' | 'theme'>>) => {
  return json(await users.updateMe(changes), { revalidate: getMe.key })
}, 'update-me')

/** What the person's picture is from now on, of what was uploaded. */
export const setAvatar = action(async (uploadId: string) => {
  return json(await users.setAvatar({ uploadId }), { revalidate: [getMe.key, 'members'] })
}, 'set-avatar')

export const removeAvatar = action(async () => {
  return json(await users.removeAvatar({}), { revalidate: [getMe.key, 'members'] })
}, 'remove-avatar')

/** Everything that is shown belongs to an organisation, so everything is read again. */
export const switchOrganization = action(async (organizationId: string) => {
  await replaceSession(() => authAsIs.switchOrganization({ organizationId }))
  return true
}, 'switch-organization')

export const signOut = action(async (to?: string) => {
  try {
    await endSession(() => authAsIs.signOut({}))
  } catch (error) {
    if (!isAppError(error) || error.code !== 'unauthenticated') throw error
  }
  throw leave(to)
}, 'sign-out')

/** Here too. */
export const signOutEverywhere = action(async () => {
  await endSession(() => authAsIs.endSessions({}))
  setSignInReason('signed_out_everywhere')
  throw leave()
}, 'sign-out-everywhere')

/** What one person read or typed is not for the next one at this browser. */
function leave(to = '/sign-in') {
  writeSession(undefined)
  dropDrafts()
  query.clear()
  return redirect(to)
}
