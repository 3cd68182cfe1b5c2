import { isAppError } from '@lightpress/protocol'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import type { MailSearch } from './search.ts'

const pageLength = 25
const nothing = { items: [], nextCursor: null }

export const getMessages = read('operators-messages', async (search: MailSearch | null, cursor: string | undefined) => {
  if (search === null) return nothing
  return readPage(cursor, (from) =>
    notifications.adminListMessages({ ...search, limit: pageLength, ...from }).catch(nothingIfNoAddress),
  )
})

/** What is no address by the server's rule, which is stricter, nothing was ever sent to. */
function nothingIfNoAddress(error: unknown): typeof nothing {
  if (isAppError(error) && error.errors.some(({ path }) => path === 'recipient')) return nothing
  throw error
}
