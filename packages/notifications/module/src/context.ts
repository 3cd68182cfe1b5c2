import type { auth } from '@lightpress/auth-contract'
import type { Logger, ModuleContext } from '@lightpress/kernel'
import type { users } from '@lightpress/users-contract'
import type { Config } from './config.ts'
import { createLive, type Live } from './live.ts'
import { createMailer, type Mailer } from './resend.ts'
import { createSecrets, type Secrets } from './secrets.ts'

/** What lives as long as the process. */
interface Own {
  mailer: Mailer
  live: Live
  secrets: Secrets
}

export type NotificationsContext = ModuleContext<{ auth: typeof auth; users: typeof users }, Config> & Own

export function setup({ config, log }: { config: Config; log: Logger }): Own {
  return {
    mailer: createMailer(config),
    live: createLive({ log }),
    secrets: createSecrets(config.SECRETS_ENCRYPTION_KEY),
  }
}
