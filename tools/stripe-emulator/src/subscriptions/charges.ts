import type { Context } from '../context.ts'
import { invoiceItemOf } from '../invoices/invoice-lines.ts'
import type { Invoice, InvoiceItem, InvoiceLine, ItemCharge, State, SubscriptionRecord } from '../state/state.ts'

/** What a subscription remembers beside what it shows. */
export function recordOf(subscription: string, { subscriptionRecords: records }: State): SubscriptionRecord {
  const known = records.get(subscription)
  if (known) return known
  const fresh: SubscriptionRecord = { toldTrialEnd: null, toldUpcoming: null, charges: [], resumption: null }
  records.set(subscription, fresh)
  return fresh
}

/** Remembers what an invoice charges for time to come, and forgets what was charged for time that has passed. */
export function rememberCharges(
  subscription: string,
  invoice: Invoice,
  { state, now }: Pick<Context, 'state' | 'now'>,
): void {
  const record = recordOf(subscription, state)
  const fresh = invoice.lines.data.flatMap((line) => chargeOf(line, invoice.id))
  record.charges = [...record.charges, ...fresh].filter(({ end }) => end > now)
}

/** Until an invoice is final, an amount off may fall on its lines in other shares than when it was drafted. */
export function correctCharges(subscription: string, { id, lines }: Invoice, { state }: Pick<Context, 'state'>): void {
  for (const charge of recordOf(subscription, state).charges) {
    const line = lines.data.find((one) => charge.invoice === id && charge.line === one.id)
    // One that was credited in part already stays as it was.
    if (line?.period.start === charge.start && line.period.end === charge.end) charge.amount = netOf(line)
  }
}

/** Remembers a charge that waits in an invoice item. */
export function rememberPending(subscription: string, item: string, pending: InvoiceItem, { state }: Context): void {
  recordOf(subscription, state).charges.push({
    item,
    price: pending.pricing?.price_details?.price ?? '',
    quantity: pending.quantity,
    amount: pending.amount,
    ...pending.period,
    invoice: null,
    line: null,
    invoiceItem: pending.id,
  })
}

/** The lines that a credit for this charge takes back; null while no invoice has taken the charge up. */
export function creditedBy(
  { invoice, line, invoiceItem }: ItemCharge,
  { invoices, invoiceItems }: State,
): { invoice: string; lines: string[] } | null {
  if (invoice !== null && line !== null) return { invoice, lines: [line] }
  const taken = invoices.get(invoiceItems.get(invoiceItem ?? '')?.invoice ?? '')
  const lines = taken?.lines.data.filter((line) => invoiceItemOf(line) === invoiceItem).map(({ id }) => id)
  return taken && lines?.length ? { invoice: taken.id, lines } : null
}

/** Charges that come from invoice items were remembered when those came into being; usage was never charged ahead. */
function chargeOf(line: InvoiceLine, invoice: string): ItemCharge[] {
  const item = line.parent?.subscription_item_details?.subscription_item
  if (item === undefined || invoiceItemOf(line) !== null || line.amount <= 0) return []
  return [
    {
      item,
      price: line.pricing?.price_details?.price ?? '',
      quantity: line.quantity,
      amount: netOf(line),
      ...line.period,
      invoice,
      line: line.id,
      invoiceItem: null,
    },
  ]
}

function netOf({ amount, discount_amounts: taken }: InvoiceLine): number {
  return amount - (taken ?? []).reduce((sum, discount) => sum + discount.amount, 0)
}
