import { about, type Holding } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { webhookAttempt, webhookByHand, webhookDelivery, webhookEndpoint } from './schema.ts'

/** An organisation's, from the leaves to the root. Of people there are ids in what was sent, which lead to nobody then. */
export const webhookHoldings: readonly Holding[] = [
  {
    name: 'attempts of webhooks',
    table: webhookAttempt,
    organization: about(
      (id) =>
        sql`${webhookAttempt.deliveryId} in (select ${webhookDelivery.id} from ${webhookDelivery} where ${webhookDelivery.organizationId} = ${id})`,
    ),
  },
  {
    name: 'webhooks that were sent',
    table: webhookDelivery,
    organization: about((id) => eq(webhookDelivery.organizationId, id)),
  },
  // The log has what they were.
  {
    name: 'counts of tests and replays',
    table: webhookByHand,
    organization: about((id) => eq(webhookByHand.organizationId, id)),
    unexported: true,
  },
  {
    name: 'webhook endpoints',
    table: webhookEndpoint,
    organization: about((id) => eq(webhookEndpoint.organizationId, id)),
    secret: ['sealedSecret', 'sealedOldSecret'],
  },
]
