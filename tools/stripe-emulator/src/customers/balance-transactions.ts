import type Stripe from 'stripe'
import { currency } from '../catalogue/fields.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { inner, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch, notCovered } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, integer, metadata, paging, params, text, unsettable } from '../http/params.ts'
import type { BalanceTransaction } from '../state/state.ts'
import { creditBalance } from './balance.ts'
import { findCustomer } from './customers.ts'

const path = '/v1/customers/:id/balance_transactions'

const createParams = params<Stripe.CustomerCreateBalanceTransactionParams>()({
  amount: integer,
  currency,
  description: text.optional(),
  metadata: metadata.optional(),
})

/** "The description and metadata may be changed": everything else of a ledger stays. */
const updateParams = params<Stripe.CustomerUpdateBalanceTransactionParams>()({
  description: unsettable(text).optional(),
  metadata: metadata.optional(),
})

export const balanceTransactions: Endpoint[] = [
  member(['POST', path], createParams, (id, given, ctx) => {
    const customer = findCustomer(id, ctx)
    if (customer.currency !== null && customer.currency !== given.currency) {
      throw notCovered(`a balance in ${given.currency} beside one in ${String(customer.currency)}`, 'currency')
    }
    const change = { ...given, type: 'adjustment' as const, metadata: mergeMetadata({}, given.metadata) }
    return creditBalance(customer, change, onClockOf(id, ctx))
  }),

  inner(['GET', `${path}/:part`], params<Stripe.CustomerRetrieveBalanceTransactionParams>()({}), (ids, _given, ctx) =>
    find(ids, ctx),
  ),

  inner(['POST', `${path}/:part`], updateParams, (ids, given, ctx) => {
    const transaction = find(ids, ctx)
    if (given.description !== undefined) transaction.description = given.description
    transaction.metadata = mergeMetadata(transaction.metadata ?? {}, given.metadata)
    return transaction
  }),

  member(
    ['GET', path],
    params<Stripe.CustomerListBalanceTransactionsParams>()({ ...paging, created, invoice: text.optional() }),
    (id, given, ctx) => {
      findCustomer(id, ctx)
      const own = [...ctx.state.balanceTransactions.values()].filter(({ customer }) => customer === id)
      return paginate(own.filter(where(given, 'invoice')), path.replace(':id', id), given)
    },
  ),
]

function find({ id, part }: { id: string; part: string }, ctx: Context): BalanceTransaction {
  findCustomer(id, ctx)
  const transaction = ctx.state.balanceTransactions.get(part)
  if (transaction?.customer !== id) throw noSuch('customer balance transaction', part)
  return transaction
}
