import { defineJob, onceFor } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { notify } from '../notify.ts'
import { readManagers } from '../recipients.ts'
import { webhookEndpoint } from './schema.ts'
import { tellDisabled } from './tell-disabled-job.ts'
import { disabledText, withSafeName } from './texts.ts'

/** Nobody is to find out by what did not come that their program is told nothing any more. */
export const tellWebhookDisabled = defineJob(
  tellDisabled.name,
  tellDisabled.payload,
  async ({ endpointId, deliveryId }, ctx: NotificationsContext) => {
    const [endpoint] = await ctx.db.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, endpointId))
    // Removed, or switched on again, or off by hand: somebody knows.
    if (endpoint?.disabledBecause !== 'failing' && endpoint?.disabledBecause !== 'gone') return
    const { organizationId, disabledBecause: because } = endpoint
    const { organizationName, members } = await readManagers(organizationId, ctx)
    const facts = { organizationName, because }
    const notices = members.map((to) => ({
      to,
      category: 'account' as const,
      text: disabledText(facts, to.locale),
      mailText: disabledText(withSafeName(facts), to.locale),
      link: `/organization/webhooks/${endpointId}`,
      organizationId,
      isUrgent: true as const,
    }))
    const said = { operation: tellDisabled.name, caller: 'notifications', key: deliveryId, input: endpointId }
    await ctx.withTx((tx) =>
      onceFor(tx, said, async () => {
        await notify(tx, { eventId: deliveryId, notices }, ctx)
      }),
    )
  },
)
