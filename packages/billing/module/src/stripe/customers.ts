import type { BillingContext } from '../context.ts'
import { ask, unlessMissing } from './client.ts'

/** Makes a customer with nothing of anybody's in it, and answers its id; the same key makes it once. */
export async function createCustomer(
  { organizationId, idempotencyKey }: { organizationId: string; idempotencyKey: string },
  ctx: BillingContext,
): Promise<string> {
  // A key is good for one set of parameters, so there is nothing among them that may differ between two tries.
  const metadata = { organizationId }
  return (await ask(ctx, (stripe) => stripe.customers.create({ metadata }, { idempotencyKey }))).id
}

/** The ids of the customers that were made for an organisation; the newest may be missing for a minute. */
export async function searchCustomers(organizationId: string, ctx: BillingContext): Promise<string[]> {
  const query = `metadata['organizationId']:'${organizationId}'`
  return (await ask(ctx, (stripe) => stripe.customers.search({ query, limit: 100 }))).data.map(({ id }) => id)
}

/** To whom Stripe writes. */
export interface Contact {
  /** Whose address it is. */
  userId: string | null
  name: string
  email: string | null
}

/** Whose address we gave to Stripe last; undefined for a customer whom Stripe does not know. */
export async function readContact(customerId: string, ctx: BillingContext): Promise<string | null | undefined> {
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.customers.retrieve(customerId)))
  return found && !found.deleted ? (found.metadata.contact ?? null) : undefined
}

/** Says together whose address it is and what it is, so that neither is ever believed of the other. */
export async function writeContact(
  customerId: string,
  { userId, name, email }: Contact,
  ctx: BillingContext,
): Promise<void> {
  // To Stripe an empty value is none.
  const details = { name, email: email ?? '', metadata: { contact: userId ?? '' } }
  await unlessMissing(ask(ctx, (stripe) => stripe.customers.update(customerId, details)))
}
