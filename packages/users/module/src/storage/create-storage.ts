import { deriveKey } from '../derived-key.ts'
import { createDisk } from './disk.ts'
import type { Location } from './location.ts'
import { createS3 } from './s3.ts'
import type { Storage } from './storage.ts'

/** The storage that STORAGE_URL names. `secret` is SECRETS_ENCRYPTION_KEY; addresses have a key of their own from it. */
export function createStorage(location: Location, secret: string): Storage {
  if (location.kind === 's3') return createS3(location)
  return createDisk({ folder: location.folder, key: deriveKey(secret, 'upload-address') })
}
