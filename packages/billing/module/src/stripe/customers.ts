import type { BillingContext } from '../context.ts'
import { ask } from './client.ts'

export interface NewCustomer {
  organizationId: string
  name: string
  email: string | null
  idempotencyKey: string
}

/** Makes a customer and answers its id; the same key makes it once. */
export async function createCustomer(
  { organizationId, name, email, idempotencyKey }: NewCustomer,
  ctx: BillingContext,
): Promise<string> {
  const metadata = { organizationId }
  const { id } = await ask(ctx, (stripe) => stripe.customers.create({ metadata }, { idempotencyKey }))
  // Apart from it: a key is good for one set of details, and these may change between two tries.
  await ask(ctx, (stripe) => stripe.customers.update(id, { name, ...(email !== null && { email }) }))
  return id
}
