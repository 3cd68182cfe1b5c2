import { z } from 'zod'

export const config = z.object({
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_/, 'must be a secret (sk_…) or restricted (rk_…) key')
    .meta({ example: 'sk_test_…', secret: true }),
  /** Signs what Stripe sends to /v1/billing/webhooks/stripe. */
  STRIPE_WEBHOOK_SECRET: z.string().startsWith('whsec_').meta({ example: 'whsec_…', secret: true }),
  /** Where Stripe's API is; only a stand-in needs it. */
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .meta({ example: 'http://localhost:4242' }),
})
export type Config = z.output<typeof config>
