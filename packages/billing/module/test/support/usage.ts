import { billing as contract } from '@lightpress/billing-contract'
import { minorUnits } from '@lightpress/billing-contract/money'
import { createHttpClient, routesOf, type Client } from '@lightpress/protocol'
import { asc, eq } from 'drizzle-orm'
import type { BillingContext } from '../../src/context.ts'
import { customer, subscription, usageEntry } from '../../src/schema.ts'
import { newOrganization, type Organization, type World } from './world.ts'

export function contextOf({ app }: World): BillingContext {
  return app.contextFor('billing') as unknown as BillingContext
}

type Row = typeof subscription.$inferInsert

/** An organisation that is a customer at Stripe, and subscribed to Business since yesterday unless told otherwise. */
export async function createBusiness(
  world: World,
  more: Partial<Row> = {},
): Promise<Organization & { customerId: string }> {
  const organization = newOrganization(world)
  const { id: customerId } = await world.stripe.customers.create({ email: 'ada@example.com' })
  const { db } = contextOf(world)
  await db.insert(customer).values({ organizationId: organization.id, stripeCustomerId: customerId })
  await db.insert(subscription).values({ ...rowOf(organization), ...more })
  return { ...organization, customerId }
}

function rowOf({ id }: Organization): Row {
  return {
    ...{
      organizationId: id,
      stripeSubscriptionId: `sub_${id}`,
      planId: 'business',
      status: 'active',
      interval: 'month',
    },
    ...{ seats: 1, unitAmount: minorUnits(2400), currency: 'usd', cancelAtPeriodEnd: false },
    currentPeriodStart: wholeSecond(Date.now() - 86_400_000),
    currentPeriodEnd: wholeSecond(Date.now() + 20 * 86_400_000),
  }
}

function wholeSecond(at: number): Date {
  return new Date(Math.floor(at / 1000) * 1000)
}

/** What the ledger has of an organisation, in the order in which it was recorded. */
export function entriesOf(world: World, { id }: Organization) {
  return contextOf(world)
    .db.select()
    .from(usageEntry)
    .where(eq(usageEntry.organizationId, id))
    .orderBy(asc(usageEntry.id))
}

/** What Stripe has counted of a customer. */
export async function countedBy({ stripe }: World, customerId: string): Promise<number> {
  const [meter] = (await stripe.billing.meters.list()).data.filter(
    ({ event_name: name }) => name === 'lightpress_tasks',
  )
  const minute = Math.floor(Date.now() / 60_000) * 60
  const span = { start_time: minute - 40 * 86_400, end_time: minute + 86_400 }
  const { data } = await stripe.billing.meters.listEventSummaries(meter?.id ?? '', { customer: customerId, ...span })
  return data[0]?.aggregated_value ?? 0
}

/** The organisation's program, which sends this key. */
export function withKey({ app }: World, { id }: Organization, key: string): Client<typeof contract> {
  const authorization = `Bearer ${app.token({ organizationId: id, role: 'member' })}`
  const headers = () => ({ authorization, 'idempotency-key': key })
  return createHttpClient<typeof contract>(routesOf(contract), { baseUrl: app.baseUrl, headers })
}
