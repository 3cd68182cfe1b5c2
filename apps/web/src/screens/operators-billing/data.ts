import { isAppError } from '@lightpress/protocol'
import { action, json } from '@solidjs/router'
import { billing } from '../../api/billing.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import type { AccountSearch } from './search.ts'

const pageLength = 25
const nothing = { items: [], nextCursor: null }

export const getAccounts = read(
  'operators-accounts',
  async (search: AccountSearch | null, cursor: string | undefined) =>
    search === null
      ? nothing
      : readPage(cursor, (from) => billing.listAccounts({ ...search, limit: pageLength, ...from })),
)

/** Null where there is none: an organisation that never came to the payment page is no customer. */
export const getAccount = read('operators-account', (organizationId: string) =>
  billing.readAccount({ organizationId }).catch((error: unknown) => {
    const isNone =
      isAppError(error) && (error.code === 'not_found' || error.errors.some(({ path }) => path === 'organizationId'))
    if (isNone) return null
    throw error
  }),
)

const aboutAccounts = [getAccounts.key, getAccount.key, 'operators-webhooks']

export const convergeNow = action(
  async (organizationId: string) => json(await billing.convergeNow({ organizationId }), { revalidate: aboutAccounts }),
  'converge-now',
)

export const replayStripeEvent = action(
  async (id: string) => json(await billing.replayStripeEvent({ id }), { revalidate: aboutAccounts }),
  'replay-stripe-event',
)
