import { fromProblem } from '@lightpress/protocol'
import { action, json, query, redirect } from '@solidjs/router'
import { routes } from 'virtual:lightpress-routes/users'
import { read } from '../../api/read.ts'
import { endSession, sessionFetch } from '../../api/session.ts'
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

/** Hands the download to the browser, which writes it as it comes. */
export async function downloadExport(organizationId: string | undefined, exportId: string) {
  const { path } = organizationId === undefined ? routes.downloadMyExport : routes.downloadExport
  const url = path.replace(':exportId', exportId).replace(':id', organizationId ?? '')
  await confirmed(() => expectOpen(url))
  location.assign(url)
}

/**
 * The browser neither renews a session nor asks for a proof of who it is, so it is seen before whether there is need for
 * either. Of the answer nothing is taken, and where it leads elsewhere is not followed.
 */
async function expectOpen(url: string) {
  const answer = await sessionFetch(url, { redirect: 'manual' })
  if (!answer.ok && answer.type !== 'opaqueredirect')
    throw fromProblem(answer.status, await answer.json().catch(() => undefined))
  await answer.body?.cancel()
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
