/** Where the product takes the webhooks of its vendors: routes of the contracts. */
export function webhooks(publicUrl: string): { mail: string; stripe: string } {
  const at = (path: string) => new URL(path, publicUrl).href
  return { mail: at('/v1/notifications/webhooks/resend'), stripe: at('/v1/billing/webhooks/stripe') }
}
