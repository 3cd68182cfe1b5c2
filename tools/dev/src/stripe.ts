/** The route of the contract that takes Stripe's webhooks. */
const STRIPE_WEBHOOK = '/v1/billing/webhooks/stripe'

export interface StripeOptions {
  /** Where the product is reached: its webhook route gets every event. */
  publicUrl: string
  webhookSecret: string
  /** A free one by default. */
  port?: number
  /** Where the state is kept; without it, it goes with the process. */
  file?: string
  log?: (message: string) => void
}

export interface StandIn {
  url: string
  stop(): Promise<void>
}

/** What a vendor would be in production: a payment provider, driven by the real SDK. */
export async function startStripe({ publicUrl, webhookSecret, port = 0, file, log }: StripeOptions): Promise<StandIn> {
  // Only here: whoever brings a Stripe of their own, or wants a gateway, does not wait for it to load.
  const { createStripeEmulator } = await import('@lightpress/stripe-emulator')
  const emulator = await createStripeEmulator({
    webhooks: [{ url: new URL(STRIPE_WEBHOOK, publicUrl).href, secret: webhookSecret }],
    ...(file !== undefined && { dataFile: file }),
    ...(log && { log }),
  })
  const { url } = await emulator.listen({ port })
  // As a browser writes it: checkout pages are on this address.
  return { url: url.replace('127.0.0.1', 'localhost'), stop: () => emulator.close() }
}
