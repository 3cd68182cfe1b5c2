import type { Context } from '../context.ts'
import type { Invoice, InvoiceLine, State, SubscriptionItem } from '../state/state.ts'
import { usageLines } from '../subscriptions/lines.ts'
import { isMetered } from '../subscriptions/subscription-object.ts'
import { billedSubscription } from './draft.ts'
import { lineOf } from './invoice-lines.ts'

/**
 * Reckons the usage that a draft bills anew: "During the finalization grace period, you can continue to report usage for
 * the previous billing period. During finalization, Stripe updates the invoice to reflect the latest quantity."
 * https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period
 */
export function updateUsage(invoice: Invoice, ctx: Context): void {
  const subscription = billedSubscription(invoice, ctx.state)
  if (!subscription) return
  const drafted = invoice.lines.data
  invoice.lines.data = drafted.flatMap((line) => {
    const item = meteredItemOf(line, ctx.state)
    if (!item) return [line]
    // The lines of one usage, such as those of its tiers, are made together in the place of the first.
    const same = drafted.filter((other) => isSameUsage(other, line))
    if (same[0] !== line) return []
    const latest = usageLines(subscription, item, line.period, ctx).map((fresh) => lineOf(fresh, invoice.id))
    return latest.map((fresh, at) => ({ ...fresh, id: same[at]?.id ?? fresh.id, metadata: line.metadata }))
  })
}

/** What a line bills the usage of, which may be gone by now; null for a line that bills something else. */
function meteredItemOf(
  { discounts, parent, pricing }: InvoiceLine,
  { prices }: State,
): Pick<SubscriptionItem, 'discounts' | 'id' | 'price'> | null {
  const details = parent?.subscription_item_details
  const price = prices.get(pricing?.price_details?.price ?? '')
  if (!details || details.invoice_item !== null || !price || !isMetered(price)) return null
  return { discounts, id: details.subscription_item, price }
}

function isSameUsage(a: InvoiceLine, b: InvoiceLine): boolean {
  return (
    a.parent?.subscription_item_details?.subscription_item === b.parent?.subscription_item_details?.subscription_item &&
    a.pricing?.price_details?.price === b.pricing?.price_details?.price &&
    a.period.start === b.period.start &&
    a.period.end === b.period.end
  )
}
