import { findSession, lineItemsOf } from './checkout/find-session.ts'
import type { Inclusions } from './http/expand.ts'
import { wholeList } from './http/list.ts'
import { confirmationOf } from './invoices/collection.ts'
import { ownedBy } from './state/owners.ts'

/** What objects show only when `expand` asks for it. */
export const inclusions: Inclusions = {
  'charge.refunds': (id, { state }) => {
    const own = [...state.refunds.values()].filter(({ charge }) => charge === id)
    return wholeList(own.reverse(), `/v1/refunds?charge=${id}`)
  },
  'checkout.session.line_items': (id, ctx) => lineItemsOf(findSession(id, ctx), ctx),
  'coupon.applies_to': (id, { state }) => state.coupons.get(id)?.applies_to,
  'customer.subscriptions': (id, { state }) => {
    const own = ownedBy('subscriptions', id, state).filter(({ status }) => status !== 'canceled')
    return wholeList(own, `/v1/customers/${id}/subscriptions`)
  },
  'invoice.confirmation_secret': (id, { state }) => {
    const invoice = state.invoices.get(id)
    return invoice ? confirmationOf(invoice, state) : null
  },
  'invoice.payments': (id, { state }) => {
    const customer = state.invoices.get(id)?.customer ?? ''
    const own = ownedBy('invoicePayments', customer, state).filter(({ invoice }) => invoice === id)
    return wholeList(own, `/v1/invoice_payments?invoice=${id}`)
  },
  'price.tiers': (id, { state }) => state.prices.get(id)?.tiers,
}
