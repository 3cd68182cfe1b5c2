import type Stripe from 'stripe'
import { onClockOf } from '../clocks/on-clock.ts'
import { joinClock } from '../clocks/test-clocks.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { params } from '../http/params.ts'
import { newId } from '../ids.ts'
import { attachPaymentMethod, checkAttachable, findPaymentMethod } from '../payments/payment-methods.ts'
import type { Customer, DeletedCustomer } from '../state/state.ts'
import { enter } from './balance.ts'
import { createParams, listParams, updateParams, type CustomerChanges, type NewCustomer } from './customer-params.ts'
import { checkDefaultMethod, createCustomer, described, findCustomer, isLive, updateCustomer } from './customers.ts'
import { deleteCustomer } from './deletion.ts'

const path = '/v1/customers'

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
  collection(['GET', path], listParams, (given, { state }) => {
    const asked = where(given, 'email')
    const isWanted = (customer: Customer | DeletedCustomer): customer is Customer =>
      isLive(customer) && customer.test_clock === (given.test_clock ?? null) && asked(customer)
    return paginate(state.customers.matching(isWanted), path, given)
  }),

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
  const { balance: amount = 0 } = given
  const entry = amount === 0 ? null : enter({ id, balance: 0, currency: null }, { amount, type: 'initial' }, ctx)
  const settings = { default_payment_method: preferred && method?.id }
  return createCustomer({ ...given, currency: entry?.currency, invoice_settings: settings }, ctx, id)
}

function update(customer: Customer, given: CustomerChanges, ctx: Context): Customer {
  const method = given.invoice_settings?.default_payment_method
  if (method) {
    const { customer: holder } = findPaymentMethod(method, ctx, 'invoice_settings[default_payment_method]')
    checkDefaultMethod(method, holder, customer.id)
  }
  const metadata = mergeMetadata(customer.metadata, given.metadata)
  const { balance = customer.balance } = given
  const amount = balance - customer.balance
  const entry = amount === 0 ? null : enter(customer, { amount, type: 'adjustment' }, ctx)
  return updateCustomer(
    customer,
    {
      ...described(given),
      metadata,
      ...(entry && { balance, currency: entry.currency }),
      ...(method !== undefined && {
        invoice_settings: { ...customer.invoice_settings, default_payment_method: method },
      }),
    },
    ctx,
  )
}
