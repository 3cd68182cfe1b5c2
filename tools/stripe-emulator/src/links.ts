import type { State } from './state/state.ts'

export const links = {
  checkout: (id: string) => `/c/pay/${id}`,
  portal: (id: string) => `/p/session/${id}`,
  portalFlow: (id: string) => `/p/session/${id}/flow`,
  invoice: (id: string) => `/i/${id}`,
  invoicePdf: (id: string) => `/i/${id}/pdf`,
  authentication: (intent: string) => `/3ds/${intent}`,
  event: (id: string) => `/events/${id}`,
}

/** Gives the links that were kept the address used now: before the restart it may have been another. */
export function refreshLinks(state: State, base: string): void {
  const { checkoutSessions, portalSessions, invoices, paymentIntents, setupIntents } = state
  for (const session of checkoutSessions.values())
    if (session.url !== null) session.url = base + links.checkout(session.id)
  for (const session of portalSessions.values()) {
    session.url = base + (session.flow ? links.portalFlow(session.id) : links.portal(session.id))
  }
  for (const invoice of invoices.values()) {
    if (!invoice.hosted_invoice_url) continue
    invoice.hosted_invoice_url = base + links.invoice(invoice.id)
    invoice.invoice_pdf = base + links.invoicePdf(invoice.id)
  }
  for (const { id, next_action: action } of [...paymentIntents.values(), ...setupIntents.values()]) {
    const url = base + links.authentication(id)
    if (action?.redirect_to_url) action.redirect_to_url.url = url
    if (action?.use_stripe_sdk) action.use_stripe_sdk.stripe_js = url
  }
}
