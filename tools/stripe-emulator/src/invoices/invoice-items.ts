import type { DiscountAmount } from '../arithmetic/discounts.ts'
import type { Context } from '../context.ts'
import { updateCustomer } from '../customers/customers.ts'
import { newId } from '../ids.ts'
import { ownedBy } from '../state/owners.ts'
import type { Customer, Invoice, InvoiceItem, State, Subscription } from '../state/state.ts'
import { pricingOf } from './invoice-lines.ts'
import type { NewLine } from './new-invoice.ts'

export interface NewInvoiceItem extends NewLine {
  customer: Customer
  /** A draft that takes it at once. */
  invoice?: Invoice | undefined
  /** What discounts have taken off the amount of a proration already; negative where a credit gives it back. */
  included?: readonly DiscountAmount[] | undefined
}

/** Something to be billed with the next invoice, or at once with a draft that is there already. */
export function createInvoiceItem({ customer, invoice, included, ...line }: NewInvoiceItem, ctx: Context): InvoiceItem {
  const item: InvoiceItem = {
    id: newId('ii'),
    object: 'invoiceitem',
    amount: line.amount,
    currency: line.currency,
    customer: customer.id,
    customer_account: null,
    date: ctx.now,
    description: line.description,
    discountable: line.discountable,
    discounts: [...line.discounts],
    invoice: invoice?.id ?? null,
    livemode: false,
    metadata: { ...line.metadata },
    parent: parentOf(line),
    period: { ...line.period },
    pricing: pricingOf(line),
    proration: line.proration,
    ...(line.proration && { proration_details: prorationOf(line, included) }),
    quantity: line.quantity ?? 1,
    quantity_decimal: String(line.quantity ?? 1),
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  }
  ctx.state.invoiceItems.set(item.id, item)
  if (customer.currency === null) updateCustomer(customer, { currency: item.currency }, ctx)
  ctx.emit('invoiceitem.created', item)
  return item
}

/** What the next invoice of this subscription, or one without a subscription, takes up: the newest first. */
export function pendingItems(
  { customer, subscription, currency }: { customer: Customer; subscription: Subscription | null; currency: string },
  state: State,
): InvoiceItem[] {
  return ownedBy('invoiceItems', customer.id, state)
    .filter((item) => item.invoice === null && item.currency === currency)
    .filter((item) => [null, subscription?.id].includes(subscriptionOfItem(item)))
    .reverse()
}

/** Takes back what waits for the next invoice of a subscription. */
export function dropPendingItems(subscription: Subscription, ctx: Context): void {
  for (const item of ownedBy('invoiceItems', subscription.customer, ctx.state)) {
    if (item.invoice === null && subscriptionOfItem(item) === subscription.id) deleteInvoiceItem(item, ctx)
  }
}

export function deleteInvoiceItem(item: InvoiceItem, ctx: Context): void {
  ctx.state.invoiceItems.delete(item.id)
  ctx.emit('invoiceitem.deleted', item)
}

/** What discounts have taken off these items before an invoice takes them up. */
export function includedIn(items: readonly InvoiceItem[]): DiscountAmount[] {
  return items.flatMap(({ proration_details: details }) => details?.discount_amounts ?? [])
}

export function subscriptionOfItem({ parent }: InvoiceItem): string | null {
  return parent?.subscription_details?.subscription ?? null
}

function parentOf({ subscription, subscriptionItem }: NewLine): InvoiceItem['parent'] {
  if (subscription === null) return null
  return {
    subscription_details: {
      subscription,
      ...(subscriptionItem !== null && { subscription_item: subscriptionItem }),
    },
    type: 'subscription_details',
  }
}

function prorationOf(
  { credits }: NewLine,
  included: readonly DiscountAmount[] = [],
): NonNullable<InvoiceItem['proration_details']> {
  return {
    credited_items: credits && {
      invoice_line_item_details: { invoice: credits.invoice, invoice_line_items: [...credits.lines] },
      type: 'invoice_line_items',
    },
    discount_amounts: included.map(({ amount, discount }) => ({ amount, discount })),
  }
}
