import type { billing } from '@lightpress/billing-contract'
import type { ModuleContext } from '@lightpress/kernel'
import type { users } from '@lightpress/users-contract'
import type { Config } from './config.ts'
import { createStripe, type Stripe } from './stripe/client.ts'

export type Ops = (typeof billing)['operations']

export type BillingContext = ModuleContext<{ users: typeof users }, Config> & { stripe: Stripe }

export function setup({ config }: { config: Config }): { stripe: Stripe } {
  return { stripe: createStripe(config) }
}
