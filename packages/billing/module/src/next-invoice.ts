import { organizationOf } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { BillingContext, Ops } from './context.ts'
import { readNow } from './planned-change.ts'
import { previewNext } from './stripe/previews.ts'

/** As Stripe would make it if nothing changed until then. */
export async function getNextInvoice(_input: object, ctx: BillingContext): Promise<Output<Ops['getNextInvoice']>> {
  const { standing } = await readNow(organizationOf(ctx), ctx)
  const next = standing && (await previewNext(standing.id, ctx))
  if (!next) return { invoice: null }
  const { total, amountDue, at, lines } = next
  return { invoice: { total, amountDue, at: at.toISOString(), lines } }
}
