import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'
import { type Filter, toActivityFilter } from './filter.ts'

const pageLength = 25

export const getOrganizationActivity = read(
  'organization-activity',
  (id: string, filter: Filter, timeZone: string, cursor: string | undefined) =>
    readPage(cursor, (from) =>
      users.listOrganizationActivity({ id, ...toActivityFilter(filter, timeZone), limit: pageLength, ...from }),
    ),
)
