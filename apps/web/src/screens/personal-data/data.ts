import { action, json, query, redirect } from '@solidjs/router'
import { routes } from 'virtual:lightpress-routes/users'
import { read } from '../../api/read.ts'
import { endSession, isStillSignedIn, sessionIsOver } from '../../api/session.ts'
import { confirmed } from '../../api/step-up.ts'
import { users, usersAsIs } from '../../api/users.ts'
import { dropDrafts } from '../../ui/drafts.ts'
import { expectReceipt } from './receipt.ts'

/** The person's own exports, or those of an organisation. */
export const getExports = read('exports', async (organizationId: string | undefined) => {
  const { items } = await (organizationId === undefined
    ? users.listMyExports({})
    : users.listExports({ id: organizationId }))
  return items
})

export const requestExport = action(async (organizationId: string | undefined) => {
  const made = await (organizationId === undefined
    ? users.exportMe({})
    : users.exportOrganization({ id: organizationId }))
  return json(made, { revalidate: getExports.key })
}, 'request-export')

/** Hands the download to the browser, which writes it as it comes. It renews no session, so that is done before. */
export async function downloadExport(organizationId: string | undefined, exportId: string) {
  if (!(await isStillSignedIn())) throw sessionIsOver()
  const { path } = organizationId === undefined ? routes.downloadMyExport : routes.downloadExport
  location.assign(path.replace(':exportId', exportId).replace(':id', organizationId ?? ''))
}

export const getMyErasurePlan = read('my-erasure-plan', () => users.previewMyErasure({}))

/** The account is closed at once, and this session with it. */
export const eraseMe = action(async (email: string) => {
  // A proof that is asked for replaces the session as well: it must not wait for a lock that is held here.
  await confirmed(() => endSession(() => usersAsIs.eraseMe({})))
  dropDrafts()
  query.clear()
  expectReceipt(email)
  throw redirect('/goodbye')
}, 'erase-me')
