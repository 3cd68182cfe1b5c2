/** The route of the contract that takes Stripe's webhooks. */
const WEBHOOK = '/v1/billing/webhooks/stripe'

/** Where the product takes Stripe's webhooks. */
export function stripeWebhook(publicUrl: string): string {
  return new URL(WEBHOOK, publicUrl).href
}
