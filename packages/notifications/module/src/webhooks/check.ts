import { ConfigError, isLoopbackName } from '@lightpress/kernel'
import type { NotificationsContext } from '../context.ts'
import { readSealedSecrets } from './sealed-secrets.ts'
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

/** Every one of them: while one key takes the place of another some are sealed under either. */
async function checkSecretsOpen({ db, secrets }: NotificationsContext): Promise<void> {
  for await (const { id, sealed } of readSealedSecrets(db)) {
    try {
      openSecret(sealed, id, secrets)
    } catch (cause) {
      throw new ConfigError(
        `SECRETS_ENCRYPTION_KEY is not the one that the secret of the webhook ${id} was sealed under. Set it to that one, ` +
          'or add that one to it until everything is sealed anew (docs/operations/rotate-keys.md). If it is lost, so is ' +
          'what was sealed under it: delete those rows of notifications.webhook_endpoint, and tell customers to set ' +
          'theirs up anew.',
        { cause },
      )
    }
  }
}
