import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'

const pageLength = 25

export const getErasures = read('erasures', (cursor: string | undefined) =>
  readPage(cursor, (from) => users.listErasures({ limit: pageLength, ...from })),
)
