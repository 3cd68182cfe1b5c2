import { SecretKey } from '@lightpress/kernel'
import { z } from 'zod'

export const config = z.object({
  /** Protects the signing keys at rest; the keys of `secrets.ts` are derived from it. */
  AUTH_KEY_ENCRYPTION_KEY: SecretKey,
  /** Protects what people prove themselves with and we must be able to read: the secrets of authenticator apps. */
  SECRETS_ENCRYPTION_KEY: SecretKey,
})
export type Config = z.output<typeof config>
