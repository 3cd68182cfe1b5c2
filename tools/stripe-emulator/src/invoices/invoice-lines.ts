import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { Invoice, InvoiceItem, InvoiceLine, State } from '../state/state.ts'
import type { NewLine } from './new-invoice.ts'

/** The line as an invoice shows it, before discounts. */
export function lineOf(line: NewLine, invoice: string): InvoiceLine {
  return {
    id: newId('il'),
    object: 'line_item',
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discount_amounts: [],
    discountable: line.discountable,
    discounts: [...line.discounts],
    invoice,
    livemode: false,
    metadata: { ...line.metadata },
    parent: parentOf(line),
    period: { ...line.period },
    pretax_credit_amounts: [],
    pricing: pricingOf(line),
    quantity: line.quantity,
    quantity_decimal: line.quantity === null ? null : String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
    taxes: [],
  }
}

/** What a pending invoice item becomes once an invoice takes it up. */
export function lineOfItem(item: InvoiceItem, { state }: Pick<Context, 'state'>): NewLine {
  const subscription = item.parent?.subscription_details
  const credited = item.proration_details?.credited_items?.invoice_line_item_details
  return {
    amount: item.amount,
    currency: item.currency,
    description: item.description ?? '',
    quantity: item.quantity,
    price: state.prices.get(item.pricing?.price_details?.price ?? '') ?? null,
    unitAmountDecimal: item.pricing?.unit_amount_decimal ?? null,
    period: item.period,
    proration: item.proration,
    subscription: subscription?.subscription ?? null,
    subscriptionItem: subscription?.subscription_item ?? null,
    invoiceItem: item.id,
    credits: credited ? { invoice: credited.invoice, lines: credited.invoice_line_items } : null,
    discountable: item.discountable,
    discounts: item.discounts ?? [],
    metadata: item.metadata ?? {},
  }
}

/** The invoice item that the line takes up, if it comes from one. */
export function invoiceItemOf({ parent }: InvoiceLine): string | null {
  return parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item ?? null
}

/** The invoice items that an invoice has taken up. */
export function itemsOf({ lines }: Invoice, { invoiceItems }: State): InvoiceItem[] {
  return lines.data.flatMap((line) => invoiceItems.get(invoiceItemOf(line) ?? '') ?? [])
}

/** What explains the amount: a price, or at least a rate. */
export function pricingOf({
  price,
  unitAmountDecimal,
}: Pick<NewLine, 'price' | 'unitAmountDecimal'>): InvoiceLine['pricing'] {
  if (!price && unitAmountDecimal === null) return null
  return {
    ...(price && { price_details: { price: price.id, product: price.product } }),
    type: 'price_details',
    unit_amount_decimal: unitAmountDecimal,
  }
}

function parentOf({
  credits,
  invoiceItem,
  proration,
  subscription,
  subscriptionItem,
}: NewLine): NonNullable<InvoiceLine['parent']> {
  const details = {
    proration,
    proration_details: {
      credited_items: credits && { invoice: credits.invoice, invoice_line_items: [...credits.lines] },
    },
    subscription,
  }
  if (subscriptionItem !== null) {
    return {
      invoice_item_details: null,
      subscription_item_details: { ...details, invoice_item: invoiceItem, subscription_item: subscriptionItem },
      type: 'subscription_item_details',
    }
  }
  return {
    invoice_item_details: { ...details, invoice_item: invoiceItem ?? '' },
    subscription_item_details: null,
    type: 'invoice_item_details',
  }
}
