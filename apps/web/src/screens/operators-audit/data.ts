import { auth } from '../../api/auth.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { isStillSignedIn, sessionIsOver } from '../../api/session.ts'
import { routes } from 'virtual:lightpress-routes/auth'
import { type Filter, toAuditFilter } from './filter.ts'

const pageLength = 25

/** A page of the log; `people` says of each entry who its ids are, as far as they are somebody still. */
export const getAudit = read('audit', (filter: Filter, timeZone: string, cursor: string | undefined) =>
  readPage(cursor, async (from) => {
    const page = await auth.listAudit({ ...toAuditFilter(filter, timeZone), limit: pageLength, ...from })
    const people = new Map(page.people.map((person) => [person.id, person]))
    return { items: page.items.map((entry) => ({ ...entry, people })), nextCursor: page.nextCursor }
  }),
)

export type Entry = Awaited<ReturnType<typeof getAudit>>['items'][number]

/** Hands the download to the browser, which writes it as it comes. It renews no session, so that is done before. */
export async function exportAudit(filter: Filter, timeZone: string) {
  if (!(await isStillSignedIn())) throw sessionIsOver()
  const query = new URLSearchParams(toAuditFilter(filter, timeZone) as Record<string, string>)
  location.assign(routes.exportAudit.path + (query.size > 0 ? `?${query}` : ''))
}
