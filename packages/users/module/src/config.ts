import { SecretKey } from '@lightpress/kernel'
import { z } from 'zod'
import { StorageUrl } from './storage/location.ts'

export const config = z.object({
  /** What makes the links of invitations, and the addresses of uploads, good is derived from it: see `derived-key.ts`. */
  SECRETS_ENCRYPTION_KEY: SecretKey,
  /** Where pictures and archives lie: a folder that all processes of users share, or a bucket. */
  STORAGE_URL: StorageUrl.meta({
    example: 's3://my-bucket/lightpress?region=eu-central-1, or file:///var/lib/lightpress',
  }),
})
export type Config = z.output<typeof config>
