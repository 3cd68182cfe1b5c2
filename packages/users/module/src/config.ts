import { SecretKey } from '@lightpress/kernel'
import { z } from 'zod'

export const config = z.object({
  /** What makes the links of invitations, and the addresses of uploads, good is derived from it. */
  SECRETS_ENCRYPTION_KEY: SecretKey,
})
export type Config = z.output<typeof config>
