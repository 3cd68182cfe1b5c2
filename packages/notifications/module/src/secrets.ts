import * as kernel from '@lightpress/kernel'

/** What SECRETS_ENCRYPTION_KEY is used for here. */
type Purpose = 'webhook-secret' | 'unsubscribe'

export type Secrets = kernel.Secrets<Purpose>

export function createSecrets(environmentKeys: string): Secrets {
  return kernel.createSecrets('notifications', environmentKeys)
}
