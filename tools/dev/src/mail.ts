/** The route of the contract that takes Resend's webhooks. */
const WEBHOOK = '/v1/notifications/webhooks/resend'

/** Where the product takes Resend's webhooks. */
export function mailWebhook(publicUrl: string): string {
  return new URL(WEBHOOK, publicUrl).href
}
