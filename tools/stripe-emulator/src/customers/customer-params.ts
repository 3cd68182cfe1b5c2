import type Stripe from 'stripe'
import type { z } from 'zod'
import { created, integer, list, metadata, paging, params, text, unsettable } from '../http/params.ts'

export const addressFields = params<Stripe.AddressParam>()({
  city: text.optional(),
  country: text.optional(),
  line1: text.optional(),
  line2: text.optional(),
  postal_code: text.optional(),
  state: text.optional(),
})

const shipping = params<Stripe.CustomerCreateParams.Shipping>()({
  address: addressFields,
  name: text,
  phone: text.optional(),
})

const email = text.max(512).refine((value) => /^[^\s@]+@[^\s@]+$/.test(value), {
  params: { code: 'email_invalid' },
  error: ({ input }) => `Invalid email address: ${String(input)}`,
})

const invoicePrefix = text.refine((value) => /^[A-Z0-9]{1,12}$/.test(value), {
  error: 'The invoice prefix must be 1 to 12 uppercase letters or numbers.',
})

const sequence = integer.refine((value) => value >= 1, { error: 'Invalid integer: must be at least 1' })

const fields = {
  address: unsettable(addressFields).optional(),
  balance: integer.optional(),
  description: unsettable(text).optional(),
  email: unsettable(email).optional(),
  invoice_prefix: invoicePrefix.optional(),
  metadata: metadata.optional(),
  name: unsettable(text).optional(),
  next_invoice_sequence: sequence.optional(),
  phone: unsettable(text).optional(),
  preferred_locales: list(text).optional(),
  shipping: unsettable(shipping).optional(),
}

export const createParams = params<Stripe.CustomerCreateParams>()({
  ...fields,
  invoice_settings: params<Stripe.CustomerCreateParams.InvoiceSettings>()({
    default_payment_method: text.optional(),
  }).optional(),
  payment_method: text.optional(),
  test_clock: text.optional(),
})

export const updateParams = params<Stripe.CustomerUpdateParams>()({
  ...fields,
  invoice_settings: params<Stripe.CustomerUpdateParams.InvoiceSettings>()({
    default_payment_method: unsettable(text).optional(),
  }).optional(),
})

export const listParams = params<Stripe.CustomerListParams>()({
  ...paging,
  created,
  email: text.optional(),
  test_clock: text.optional(),
})

export type NewCustomer = Partial<z.infer<typeof createParams>>
export type CustomerChanges = z.infer<typeof updateParams>
type Address = z.infer<typeof addressFields>

/** Parts that are not given are there, and empty. */
export function wholeAddress({ city, country, line1, line2, postal_code, state }: Address): Required<Stripe.Address> {
  return {
    city: city ?? null,
    country: country ?? null,
    line1: line1 ?? null,
    line2: line2 ?? null,
    postal_code: postal_code ?? null,
    state: state ?? null,
  }
}
