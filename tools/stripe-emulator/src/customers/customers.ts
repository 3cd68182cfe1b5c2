import type { Context } from '../context.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId, randomText } from '../ids.ts'
import type { Customer, DeletedCustomer } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { wholeAddress, type CustomerChanges, type NewCustomer } from './customer-params.ts'

/** Keeps a new customer, whose payment method, if one is given, is attached already. */
export function createCustomer(
  given: NewCustomer & { currency?: string | undefined },
  ctx: Context,
  id = newId('cus'),
): Customer {
  const customer: Customer = {
    id,
    object: 'customer',
    address: null,
    balance: given.balance ?? 0,
    created: ctx.now,
    currency: given.currency ?? null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: given.invoice_settings?.default_payment_method ?? null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: given.test_clock ?? null,
    ...described(given),
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

/** The fields that are set as they are given. */
export function described(given: CustomerChanges): Partial<Customer> {
  const { address, description, email, name, phone, shipping } = given
  return {
    ...(address !== undefined && { address: address && wholeAddress(address) }),
    ...(description !== undefined && { description }),
    ...(email !== undefined && { email }),
    ...(given.invoice_prefix !== undefined && { invoice_prefix: given.invoice_prefix }),
    ...(name !== undefined && { name }),
    ...(given.next_invoice_sequence !== undefined && { next_invoice_sequence: given.next_invoice_sequence }),
    ...(phone !== undefined && { phone }),
    ...(given.preferred_locales !== undefined && { preferred_locales: given.preferred_locales }),
    ...(shipping !== undefined && {
      shipping: shipping && {
        address: wholeAddress(shipping.address),
        name: shipping.name,
        phone: shipping.phone ?? null,
      },
    }),
  }
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

/** Of somebody else's card, or of nobody's, no invoice is paid. */
export function checkDefaultMethod(method: string, holder: string | null, customer: string): void {
  if (holder === customer) return
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'invoice_settings[default_payment_method]' },
  )
}
