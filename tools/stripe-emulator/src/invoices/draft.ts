import { isActive, useUp } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { updateCustomer } from '../customers/customers.ts'
import { newId } from '../ids.ts'
import { copyOf } from '../state/copy.ts'
import type { Customer, Invoice, State, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { includedIn, pendingItems, subscriptionOfItem } from './invoice-items.ts'
import { itemsOf, lineOf, lineOfItem } from './invoice-lines.ts'
import { invoiceObject } from './invoice-object.ts'
import { reckon } from './invoice-totals.ts'
import type { NewInvoice } from './new-invoice.ts'

/** Makes an invoice that can still be changed, of the lines that are given and of what waits for the next invoice. */
export function draftInvoice(given: NewInvoice, ctx: Context): Invoice {
  const { customer, subscription } = given
  const id = given.id ?? newId('in')
  const currency = given.currency ?? subscription?.currency ?? given.lines[0]?.currency ?? customer.currency ?? 'usd'
  const waiting = given.pending === 'leave' ? [] : pendingItems({ customer, subscription, currency }, ctx.state)
  const pending = given.pending === 'own' ? waiting.filter((item) => subscriptionOfItem(item) !== null) : waiting
  const lines = [...pending.map((item) => lineOfItem(item, ctx)), ...given.lines].map((line) => lineOf(line, id))
  const invoice = invoiceObject(
    given,
    { id, currency, lines, discounts: given.discounts ?? inheritedDiscounts(subscription, ctx) },
    ctx,
  )
  reckon(invoice, customer, ctx.state)
  ctx.state.invoices.set(id, invoice)
  for (const item of pending) item.invoice = id
  if (customer.currency === null) updateCustomer(customer, { currency }, ctx)
  ctx.emit('invoice.created', invoice)
  useUp(reducing(invoice, ctx.state), ctx)
  return invoice
}

/** Sets what is given and tells what differs. */
export function changeInvoice(
  invoice: Invoice,
  changes: { [Key in keyof Invoice]?: Invoice[Key] | undefined },
  ctx: Context,
): void {
  const previous = applyChanges(invoice, changes)
  if (previous) ctx.emit('invoice.updated', invoice, previous)
}

/** Gives a draft other lines, or anything else that its sums depend on, and tells what differs. */
export function recompose(invoice: Invoice, change: (invoice: Invoice) => void, ctx: Context): void {
  const before = copyOf(invoice)
  change(invoice)
  const customer = customerOf(invoice, ctx.state)
  if (customer) reckon(invoice, customer, ctx.state)
  const previous = applyChanges(before, invoice)
  if (previous) ctx.emit('invoice.updated', invoice, previous)
}

export function billedSubscription({ parent }: Invoice, state: State): Subscription | null {
  return state.subscriptions.get(parent?.subscription_details?.subscription ?? '') ?? null
}

export function customerOf(invoice: Invoice, { customers }: State): Customer | null {
  const customer = customers.get(invoice.customer ?? '')
  return customer && customer.deleted !== true ? customer : null
}

/** https://docs.stripe.com/billing/subscriptions/coupons */
function inheritedDiscounts(subscription: Subscription | null, { state, now }: Context): string[] {
  return (subscription?.discounts ?? []).filter((id) => {
    const discount = state.discounts.get(id)
    return discount !== undefined && isActive(discount, now)
  })
}

/** The discounts of others that take something off it, or off its items before: a trial that is free uses none up. */
export function reducing(invoice: Invoice, state: State): string[] {
  const taken = [...(invoice.total_discount_amounts ?? []), ...includedIn(itemsOf(invoice, state))]
  const sums = new Map<string, number>()
  for (const { amount, discount } of taken) sums.set(discount, (sums.get(discount) ?? 0) + amount)
  return [...sums].flatMap(([id, sum]) => (sum > 0 && state.discounts.get(id)?.invoice === null ? id : []))
}
