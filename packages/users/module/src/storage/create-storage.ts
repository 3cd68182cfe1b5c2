import { hkdfSync } from 'node:crypto'
import { createDisk } from './disk.ts'
import type { Location } from './location.ts'
import { createS3 } from './s3.ts'
import type { Storage } from './storage.ts'

/** The storage that STORAGE_URL names. `secret` is SECRETS_ENCRYPTION_KEY; addresses have a key of their own from it. */
export function createStorage(location: Location, secret: string): Storage {
  if (location.kind === 's3') return createS3(location)
  const key = hkdfSync('sha256', Buffer.from(secret, 'base64'), '', 'lightpress.users.upload-address', 32)
  return createDisk({ folder: location.folder, key: Buffer.from(key) })
}
