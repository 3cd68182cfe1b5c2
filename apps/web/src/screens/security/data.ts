import { action, json } from '@solidjs/router'
import { getCredentials } from '../../account/credentials.ts'
import { auth, authAsIs } from '../../api/auth.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { replaceSession } from '../../api/session.ts'
import { warm } from '../../api/warm.ts'
import { getProviders } from '../sign-in/providers.ts'

const pageLength = 10

export const getSessions = read('sessions', (cursor: string | undefined) =>
  readPage(cursor, (from) => auth.listSessions({ limit: pageLength, ...from })),
)
export const getActivity = read('activity', (cursor: string | undefined) =>
  readPage(cursor, (from) => auth.listActivity({ limit: pageLength, ...from })),
)
export const getEmailChange = read('email-change', async () => (await auth.getEmailChange({})).change)

export function preloadSecurity({ location }: { location: { query: Record<string, string | string[] | undefined> } }) {
  const { sessions, activity } = location.query
  warm(
    getCredentials(),
    getProviders(),
    getEmailChange(),
    getSessions(typeof sessions === 'string' ? sessions : undefined),
    getActivity(typeof activity === 'string' ? activity : undefined),
  )
}

/** Ends every session; this browser goes on in a new one, whose cookies the answer brings. */
export const changePassword = action(async (currentPassword: string, newPassword: string) => {
  await replaceSession(() => authAsIs.changePassword({ currentPassword, newPassword }))
  return json(true, { revalidate: [getSessions.key, getActivity.key] })
}, 'change-password')

export const changeEmail = action(async (email: string) => {
  const { change } = await auth.changeEmail({ email })
  return json(change, { revalidate: [getEmailChange.key, getActivity.key] })
}, 'change-email')

export const cancelEmailChange = action(async () => {
  await auth.cancelEmailChange({})
  return json(true, { revalidate: [getEmailChange.key, getActivity.key] })
}, 'cancel-email-change')

export const endSession = action(async (id: string) => {
  await auth.endSession({ id })
  return json(true, { revalidate: [getSessions.key, getActivity.key] })
}, 'end-session')

export const endOtherSessions = action(async () => {
  const { ended } = await auth.endSessions({ except: 'current' })
  return json(ended, { revalidate: [getSessions.key, getActivity.key] })
}, 'end-other-sessions')
