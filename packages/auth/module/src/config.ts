import { SecretKey } from '@lightpress/kernel'
import { z } from 'zod'
import { OidcProviders } from './oidc-config.ts'

export const config = z.object({
  /** Protects the signing keys at rest; the keys of `secrets.ts` are derived from it. */
  AUTH_KEY_ENCRYPTION_KEY: SecretKey,
  /** Protects what people prove themselves with and we must be able to read: the secrets of authenticator apps. */
  SECRETS_ENCRYPTION_KEY: SecretKey,
  /** Whom people can sign in with, beside what we do ourselves. None by default. */
  OIDC_PROVIDERS: OidcProviders,
})
export type Config = z.output<typeof config>
