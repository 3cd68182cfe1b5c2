import { about, doomed, type HeldData } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { release } from './release.ts'
import { requestSettling } from './requests.ts'
import {
  change,
  checkout,
  customer,
  drift,
  invoice,
  pendingCustomer,
  reconciliation,
  stripeEvent,
  subscription,
  usageDay,
  usageEntry,
  usageTotal,
} from './schema.ts'

/**
 * What billing holds about organisations; about people it holds nothing. All of it is a copy: invoices, which the law
 * wants kept, stay with Stripe, who made them.
 */
export const data: HeldData<BillingContext> = {
  holdings: [
    { name: 'subscription', table: subscription, organization: about((id) => eq(subscription.organizationId, id)) },
    { name: 'invoices', table: invoice, organization: about((id) => eq(invoice.organizationId, id)) },
    {
      name: 'checkouts',
      table: checkout,
      organization: about((id) => eq(checkout.organizationId, id)),
      // Whoever has it can pay there, as this organisation.
      secret: ['url'],
    },
    {
      name: 'events of the payment provider',
      table: stripeEvent,
      organization: about(
        (id) =>
          sql`${stripeEvent.stripeCustomerId} = (select c.stripe_customer_id from ${customer} c where c.organization_id = ${id})`,
      ),
    },
    {
      name: 'customers that were begun',
      table: pendingCustomer,
      // One that was announced after the release: it goes once it is sure that there is nobody at Stripe.
      organization: about((id) => eq(pendingCustomer.organizationId, id), doomed({ unwanted: true })),
      unexported: true,
    },
    { name: 'changes of plan', table: change, organization: about((id) => eq(change.organizationId, id)) },
    { name: 'usage', table: usageEntry, organization: about((id) => eq(usageEntry.organizationId, id)) },
    {
      name: 'usage by period',
      table: usageTotal,
      organization: about((id) => eq(usageTotal.organizationId, id)),
      unexported: true,
    },
    {
      name: 'usage by day',
      table: usageDay,
      organization: about((id) => eq(usageDay.organizationId, id)),
      unexported: true,
    },
    {
      name: 'differences with the payment provider',
      table: drift,
      organization: about((id) => eq(drift.organizationId, id)),
      unexported: true,
    },
    { name: 'customer', table: customer, organization: about((id) => eq(customer.organizationId, id)) },
  ],
  impersonal: [{ table: reconciliation, because: 'It says when a comparison was made, and counts.' }],
  release,
  // Before what belongs to it: that is the order in which everybody locks.
  hold: async (tx, { kind, id }) => {
    if (kind === 'organization')
      await tx
        .select({ id: customer.organizationId })
        .from(customer)
        .where(eq(customer.organizationId, id))
        .for('update')
  },
  async finish(tx, { kind, id }) {
    if (kind === 'organization') await requestSettling(tx, eq(pendingCustomer.organizationId, id))
  },
}
