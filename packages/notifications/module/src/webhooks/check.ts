import { ConfigError, isLoopbackName } from '@lightpress/kernel'
import type { NotificationsContext } from '../context.ts'
import { webhookEndpoint } from './schema.ts'
import { openSecret } from './signing.ts'

/** Says at the start, and not at a delivery, what an operator must mend. */
export async function checkWebhooks(ctx: NotificationsContext): Promise<void> {
  checkTargets(ctx)
  await checkSecretsOpen(ctx)
}

/** Where others can reach the product, its customers would reach whatever it can reach. */
function checkTargets({ config, publicUrl }: NotificationsContext): void {
  if (config.WEBHOOK_TARGETS === 'public' || isLoopbackName(new URL(publicUrl).hostname)) return
  throw new ConfigError(
    `WEBHOOK_TARGETS is local, which lets customers reach the private network of this process. That is for development: ` +
      `leave it out, or set it to public, where PUBLIC_URL is not on this machine (it is ${publicUrl}).`,
  )
}

/** One will do: all are sealed under the same key. */
async function checkSecretsOpen({ db, secrets }: NotificationsContext): Promise<void> {
  const [endpoint] = await db
    .select({ id: webhookEndpoint.id, sealedSecret: webhookEndpoint.sealedSecret })
    .from(webhookEndpoint)
    .limit(1)
  if (!endpoint) return
  try {
    openSecret(endpoint.sealedSecret, endpoint.id, secrets)
  } catch (cause) {
    throw new ConfigError(
      'SECRETS_ENCRYPTION_KEY is not the one that the secrets of webhooks were sealed under. Set it to that one. If it is ' +
        'lost, so are they: delete all rows of notifications.webhook_endpoint, and tell customers to set theirs up anew.',
      { cause },
    )
  }
}
