import { ConfigError, type Command } from '@lightpress/kernel'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { webhookEndpoint } from './schema.ts'
import { openSecret, sealSecret } from './signing.ts'

/** Endpoints that are looked at in one step. */
const BATCH = 500

/** Seals anew what is sealed under a key that is to go: see docs/operations/rotate-keys.md. May be run again at any time. */
export const resealByHand: Command<NotificationsContext> = {
  name: 'webhooks reseal',
  summary: 'Seals anew, under the first of several keys in the environment, the secrets of webhooks.',
  async run({ args }, ctx) {
    if (args.length > 0) throw new ConfigError(`webhooks reseal takes nothing, and not "${args.join(' ')}".`)
    const count = await resealAll(ctx)
    if (count === 0) return 'The secrets of all webhooks are sealed under the first key.'
    return `Sealed anew: ${count} secrets of webhooks.`
  },
}

async function resealAll({ db, secrets }: NotificationsContext): Promise<number> {
  let count = 0
  let after: string | undefined
  for (;;) {
    const rows = await db
      .select({
        id: webhookEndpoint.id,
        sealedSecret: webhookEndpoint.sealedSecret,
        sealedOldSecret: webhookEndpoint.sealedOldSecret,
      })
      .from(webhookEndpoint)
      .where(after === undefined ? undefined : gt(webhookEndpoint.id, after))
      .orderBy(asc(webhookEndpoint.id))
      .limit(BATCH)
    for (const { id, ...columns } of rows) {
      for (const column of ['sealedSecret', 'sealedOldSecret'] as const) {
        const sealed = columns[column]
        if (sealed === null || secrets.isCurrent('webhook-secret', sealed, id)) continue
        const anew = sealSecret(openSecret(sealed, id, secrets), id, secrets)
        // A secret that is rotated meanwhile was sealed under the key of now.
        await db
          .update(webhookEndpoint)
          .set({ [column]: anew })
          .where(and(eq(webhookEndpoint.id, id), eq(webhookEndpoint[column], sealed)))
        count++
      }
    }
    after = rows.at(-1)?.id
    if (rows.length < BATCH) return count
  }
}
