import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import { findPaymentMethod } from '../payments/payment-methods.ts'
import type { Invoice, Subscription } from '../state/state.ts'

const day = 24 * 3600

interface Terms {
  auto_advance?: boolean | undefined
  automatically_finalizes_at?: number | undefined
  days_until_due?: number | undefined
  due_date?: number | undefined
}

/** What is sent says until when it is to be paid; what is charged is not due on some day. */
export function checkTerms(
  { auto_advance: advances, automatically_finalizes_at: finalizes, days_until_due: days, due_date: due }: Terms,
  { collectionMethod, isNew }: { collectionMethod: Invoice['collection_method']; isNew: boolean },
  { now }: Context,
): void {
  if (days !== undefined && due !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: days_until_due, due_date.', {
      code: 'parameters_exclusive',
      param: 'due_date',
    })
  }
  const given = days === undefined ? 'due_date' : 'days_until_due'
  const dated = days !== undefined || due !== undefined
  if (collectionMethod === 'charge_automatically' && dated) {
    throw invalidRequest(`\`${given}\` can only be passed with \`collection_method=send_invoice\`.`, { param: given })
  }
  if (collectionMethod === 'send_invoice' && isNew && !dated) {
    throw invalidRequest('If `collection_method=send_invoice`, you must specify `due_date` or `days_until_due`.', {
      param: 'due_date',
    })
  }
  if (due !== undefined && due <= now) throw invalidRequest('`due_date` must be in the future.', { param: 'due_date' })
  if (finalizes !== undefined && advances === false) {
    throw invalidRequest('`automatically_finalizes_at` cannot be passed with `auto_advance=false`: leave one out.', {
      param: 'automatically_finalizes_at',
    })
  }
  if (finalizes !== undefined && (finalizes <= now || finalizes > now + 5 * 366 * day)) {
    throw invalidRequest('`automatically_finalizes_at` must be in the future, and within 5 years.', {
      param: 'automatically_finalizes_at',
    })
  }
}

/** An invoice of a subscription is in its currency, and takes up what waits for it. */
export function checkSubscription(
  given: { currency?: string | undefined; pending_invoice_items_behavior?: 'exclude' | 'include' | undefined },
  { currency }: Subscription,
): void {
  if (given.currency !== undefined && given.currency !== currency) {
    throw invalidRequest(`The subscription is in ${currency}: leave \`currency\` out.`, { param: 'currency' })
  }
  if (given.pending_invoice_items_behavior === 'exclude') {
    throw invalidRequest(
      '`pending_invoice_items_behavior=exclude` cannot be passed with `subscription`: its invoice is of what waits for it.',
      { param: 'pending_invoice_items_behavior' },
    )
  }
}

export function checkMethod(id: string | undefined, customer: string, ctx: Context): void {
  if (id === undefined || findPaymentMethod(id, ctx, 'default_payment_method').customer === customer) return
  throw invalidRequest(`The payment method ${id} is not attached to customer ${customer}.`, {
    param: 'default_payment_method',
  })
}

export function checkNumber(number: string | undefined, { state }: Context): void {
  if (number === undefined) return
  for (const invoice of state.invoices.values()) {
    if (invoice.number === number) throw invalidRequest(`The invoice number ${number} is taken.`, { param: 'number' })
  }
}
