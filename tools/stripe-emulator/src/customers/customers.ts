import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { applyChanges } from '../webhooks/events.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, integer, metadata, paging, params, text, unsettable } from '../http/params.ts'
import { newId, randomText } from '../ids.ts'
import type { Customer, DeletedCustomer } from '../state/state.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { findPaymentMethod } from '../payments/payment-methods.ts'
import { creditBalance } from './balance.ts'
import { endSubscription } from '../subscriptions/subscription-lifecycle.ts'

const path = '/v1/customers'

const address = unsettable(
  params<Stripe.AddressParam>()({
    city: text.optional(),
    country: text.optional(),
    line1: text.optional(),
    line2: text.optional(),
    postal_code: text.optional(),
    state: text.optional(),
  }),
)

const fields = {
  address: address.optional(),
  description: unsettable(text).optional(),
  email: unsettable(text).optional(),
  metadata: metadata.optional(),
  name: unsettable(text).optional(),
  phone: unsettable(text).optional(),
}

const createParams = params<Stripe.CustomerCreateParams>()({
  ...fields,
  balance: integer.optional(),
  test_clock: text.optional(),
})

const updateParams = params<Stripe.CustomerUpdateParams>()({
  ...fields,
  invoice_settings: params<Stripe.CustomerUpdateParams.InvoiceSettings>()({
    default_payment_method: unsettable(text).optional(),
  }).optional(),
})

/** Of Stripe's search language one thing: `metadata['key']:'value'`. Answers the two. */
const byMetadata = text.transform((query, { addIssue }): [key: string, value: string] => {
  const [, key, value] = /^metadata\['([^'"\\]+)'\]:'([^'"\\]*)'$/.exec(query) ?? []
  if (key !== undefined && value !== undefined) return [key, value]
  addIssue({ code: 'custom', message: `This stand-in searches by metadata['key']:'value' only, not by ${query}` })
  return z.NEVER
})

export const customers: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const clock = given.test_clock
    const frozen = ctx.state.testClocks.get(clock ?? '')?.frozen_time
    if (clock !== undefined && frozen === undefined) throw noSuch('testclock', clock, 'test_clock')
    const theirs = frozen === undefined ? ctx : ctx.at(frozen)
    const customer = createCustomer(given, theirs)
    if (given.balance) creditBalance(customer, { amount: given.balance, type: 'initial' }, theirs)
    return customer
  }),

  member(['GET', `${path}/:id`], params<Stripe.CustomerRetrieveParams>()({}), (id, _given, { state }) => {
    const customer = state.customers.get(id)
    if (!customer) throw noSuch('customer', id)
    return customer
  }),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const customer = findCustomer(id, ctx)
    const { invoice_settings: settings, ...changes } = given
    const payment = settings?.default_payment_method
    if (payment && findPaymentMethod(payment, ctx, 'invoice_settings[default_payment_method]').customer !== id) {
      throw invalidRequest(`The payment method ${payment} is not attached to customer ${id}.`)
    }
    return updateCustomer(
      customer,
      {
        ...contact(changes),
        metadata: mergeMetadata(customer.metadata, given.metadata),
        ...(payment !== undefined && {
          invoice_settings: { ...customer.invoice_settings, default_payment_method: payment },
        }),
      },
      ctx,
    )
  }),

  collection(
    ['GET', path],
    params<Stripe.CustomerListParams>()({ ...paging, created, email: text.optional() }),
    (given, { state }) =>
      paginate(
        [...state.customers.values()].filter((customer) => isLive(customer)).filter(where(given, 'email')),
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

  member(['DELETE', `${path}/:id`], params<Stripe.CustomerDeleteParams>()({}), (id, _given, ctx) => {
    const customer = findCustomer(id, ctx)
    for (const subscription of ctx.state.subscriptions.values()) {
      if (subscription.customer === id && subscription.status !== 'canceled') endSubscription(subscription, ctx)
    }
    ctx.emit('customer.deleted', customer)
    const deleted: DeletedCustomer = { id, object: 'customer', deleted: true }
    ctx.state.customers.set(id, deleted)
    return deleted
  }),
]

export interface Contact {
  address?: { [Part in keyof Stripe.Address]?: string | undefined } | null | undefined
  description?: string | null | undefined
  email?: string | null | undefined
  metadata?: Record<string, string> | null | undefined
  name?: string | null | undefined
  phone?: string | null | undefined
  test_clock?: string | undefined
}

export function createCustomer(given: Contact, ctx: Context): Customer {
  const customer: Customer = {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: ctx.now,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: given.test_clock ?? null,
    ...contact(given),
  }
  ctx.state.customers.set(customer.id, customer)
  ctx.emit('customer.created', customer)
  return customer
}

export function updateCustomer(customer: Customer, changes: Partial<Customer>, ctx: Context): Customer {
  const previous = applyChanges(customer, changes)
  if (previous) ctx.emit('customer.updated', customer, previous)
  return customer
}

/** A customer who has not been deleted. */
export function findCustomer(id: string, ctx: Context, param?: string): Customer {
  const customer = ctx.state.customers.get(id)
  if (!customer || !isLive(customer)) throw noSuch('customer', id, param)
  return customer
}

export function isLive(customer: Customer | DeletedCustomer): customer is Customer {
  return customer.deleted !== true
}

function contact({ address: given, description, email, name, phone }: Contact): Partial<Customer> {
  return {
    ...(given !== undefined && { address: given && withNulls(given) }),
    ...(description !== undefined && { description }),
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(phone !== undefined && { phone }),
  }
}

function withNulls(given: NonNullable<Contact['address']>): NonNullable<Customer['address']> {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = given
  return { city, country, line1, line2, postal_code, state }
}
