import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import { joinClock } from '../clocks/test-clocks.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { paging, params, text } from '../http/params.ts'
import { newId } from '../ids.ts'
import { attachPaymentMethod, checkAttachable, findPaymentMethod } from '../payments/payment-methods.ts'
import type { Customer } from '../state/state.ts'
import { creditBalance } from './balance.ts'
import { createParams, listParams, updateParams, type CustomerChanges, type NewCustomer } from './customer-params.ts'
import { checkDefaultMethod, createCustomer, described, findCustomer, isLive, updateCustomer } from './customers.ts'
import { deleteCustomer } from './deletion.ts'

const path = '/v1/customers'

/** Of Stripe's search language one thing: `metadata['key']:'value'`. Answers the two. */
const byMetadata = text.transform((query, { addIssue }): [key: string, value: string] => {
  const [, key, value] = /^metadata\['([^'"\\]+)'\]:'([^'"\\]*)'$/.exec(query) ?? []
  if (key !== undefined && value !== undefined) return [key, value]
  addIssue({ code: 'custom', message: `This stand-in searches by metadata['key']:'value' only, not by ${query}` })
  return z.NEVER
})

export const customers: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) =>
    create(given, given.test_clock === undefined ? ctx : joinClock(given.test_clock, ctx)),
  ),

  member(['GET', `${path}/:id`], params<Stripe.CustomerRetrieveParams>()({}), (id, _given, { state }) => {
    const customer = state.customers.get(id)
    if (!customer) throw noSuch('customer', id)
    return customer
  }),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) =>
    update(findCustomer(id, ctx), given, onClockOf(id, ctx)),
  ),

  // https://docs.stripe.com/api/customers/list: those on a test clock are listed only where their clock is asked for.
  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      [...state.customers.values()]
        .filter((customer) => isLive(customer))
        .filter(where(given, 'email'))
        .filter(({ test_clock: clock }) => clock === (given.test_clock ?? null)),
      path,
      given,
    ),
  ),

  collection(
    ['GET', `${path}/search`],
    params<Stripe.CustomerSearchParams>()({ query: byMetadata, limit: paging.limit }),
    ({ query: [key, value], limit = 10 }, { state }) => {
      const found = [...state.customers.values()].filter(isLive).filter(({ metadata }) => metadata[key] === value)
      const data = found.toReversed().slice(0, limit)
      return { object: 'search_result', data, has_more: found.length > limit, next_page: null, url: `${path}/search` }
    },
  ),

  member(['DELETE', `${path}/:id`], params<Stripe.CustomerDeleteParams>()({}), (id, _given, ctx) =>
    deleteCustomer(findCustomer(id, ctx), onClockOf(id, ctx)),
  ),
]

function create(given: NewCustomer, ctx: Context): Customer {
  const id = newId('cus')
  const card = given.payment_method
  const preferred = given.invoice_settings?.default_payment_method
  const method = card === undefined ? null : findPaymentMethod(card, ctx, 'payment_method')
  if (preferred !== undefined) checkDefaultMethod(preferred, preferred === card ? id : null, id)
  if (method) {
    checkAttachable(method, id, ctx)
    attachPaymentMethod(method, id, ctx)
  }
  const fields = { ...given, invoice_settings: { default_payment_method: preferred && method?.id } }
  const customer = createCustomer(fields, ctx, id)
  if (given.balance) creditBalance(customer, { amount: given.balance, type: 'initial' }, ctx)
  return customer
}

function update(customer: Customer, given: CustomerChanges, ctx: Context): Customer {
  const method = given.invoice_settings?.default_payment_method
  if (method) {
    const { customer: holder } = findPaymentMethod(method, ctx, 'invoice_settings[default_payment_method]')
    checkDefaultMethod(method, holder, customer.id)
  }
  updateCustomer(
    customer,
    {
      ...described(given),
      metadata: mergeMetadata(customer.metadata, given.metadata),
      ...(method !== undefined && {
        invoice_settings: { ...customer.invoice_settings, default_payment_method: method },
      }),
    },
    ctx,
  )
  const { balance = customer.balance } = given
  if (balance !== customer.balance) {
    creditBalance(customer, { amount: balance - customer.balance, type: 'adjustment' }, ctx)
  }
  return customer
}
