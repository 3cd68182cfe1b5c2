import { auth } from '@lightpress/auth-contract'
import { billing } from '@lightpress/billing-contract'
import type { Logger, ModuleContext } from '@lightpress/kernel'
import { notifications } from '@lightpress/notifications-contract'
import { users } from '@lightpress/users-contract'
import type { Config } from './config.ts'
import { createLive, type Live } from './live.ts'
import { createMailer, type Mailer } from './resend.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts'

/** Every module there is, itself included: operators ask here what happened in each, and what waits there. */
export const needs = { auth, users, billing, notifications }

export type ModuleName = keyof typeof needs

/** What lives as long as the process. */
interface Own {
  mailer: Mailer
  live: Live
  secrets: Secrets
  webhooks: Webhooks
}

export type NotificationsContext = ModuleContext<typeof needs, Config> & Own

export function setup({ config, log }: { config: Config; log: Logger }): Own {
  return {
    mailer: createMailer(config),
    live: createLive({ log }),
    secrets: createSecrets(config.SECRETS_ENCRYPTION_KEY),
    webhooks: createWebhooks(config),
  }
}
