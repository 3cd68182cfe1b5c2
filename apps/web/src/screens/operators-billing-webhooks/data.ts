import { billing } from '../../api/billing.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import type { EventSearch } from '../operators-billing/search.ts'

const pageLength = 25
const nothing = { items: [], nextCursor: null }

export const getStripeEvents = read(
  'operators-webhooks',
  async (search: EventSearch | null, cursor: string | undefined) =>
    search === null
      ? nothing
      : readPage(cursor, (from) => billing.listStripeEvents({ ...search, limit: pageLength, ...from })),
)
