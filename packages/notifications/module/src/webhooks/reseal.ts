import { ConfigError, type Command } from '@lightpress/kernel'
import { and, eq } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { webhookEndpoint } from './schema.ts'
import { readSealedSecrets } from './sealed-secrets.ts'
import { openSecret, sealSecret } from './signing.ts'

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
  for await (const { id, column, sealed } of readSealedSecrets(db)) {
    if (secrets.isCurrent('webhook-secret', sealed, id)) continue
    const anew = sealSecret(openSecret(sealed, id, secrets), id, secrets)
    // What was rotated meanwhile is left, and counted all the same: it has moved, and the next run finds it there.
    await db
      .update(webhookEndpoint)
      .set({ [column]: anew })
      .where(and(eq(webhookEndpoint.id, id), eq(webhookEndpoint[column], sealed)))
    count++
  }
  return count
}
