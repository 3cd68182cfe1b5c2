import type { Context } from '../context.ts'
import type { PaymentIntent } from '../state/state.ts'

/** Tells the invoice of a payment what became of it, where the invoice did not try it itself. */
export function tellInvoice(_intent: PaymentIntent, _ctx: Context): void {
  // src/invoices does not listen yet.
}
