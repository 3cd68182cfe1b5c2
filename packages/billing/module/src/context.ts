import type { billing } from '@lightpress/billing-contract'
import { identityOf, type ModuleContext } from '@lightpress/kernel'
import type { users } from '@lightpress/users-contract'
import type { Config } from './config.ts'
import { createStripe, type Stripe } from './stripe/client.ts'

export type Ops = (typeof billing)['operations']

export type BillingContext = ModuleContext<{ users: typeof users }, Config> & { stripe: Stripe }

export function setup({ config }: { config: Config }): { stripe: Stripe } {
  return { stripe: createStripe(config) }
}

/** The organisation that the caller acts for; the seam lets nobody in here without one. */
export function organizationOf(ctx: BillingContext): string {
  const { organizationId } = identityOf(ctx)
  if (organizationId === null) throw new TypeError('The seam lets nobody in here without an active organisation')
  return organizationId
}
