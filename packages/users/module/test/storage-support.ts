import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { createEmulator } from 'emulate'
import { createStorage } from '../src/storage/create-storage.ts'
import { StorageUrl } from '../src/storage/location.ts'
import type { Storage } from '../src/storage/storage.ts'

export const kinds = ['disk', 's3'] as const
export type Kind = (typeof kinds)[number]

/** A place for files, with whatever lies in it in the test's sight. */
export interface Place {
  /** As STORAGE_URL says it. */
  url: string
  storage: Storage
  /** Every name in it, also of what is not whole. */
  names(): Promise<string[]>
  close(): Promise<void>
}

/** A folder, or a bucket of Vercel's emulator of AWS. */
export function openPlace(kind: Kind): Promise<Place> {
  switch (kind) {
    case 'disk':
      return openFolder()
    case 's3':
      return openBucket()
  }
}

async function openFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'lightpress-files-'))
  const url = pathToFileURL(folder).href
  return {
    url,
    storage: storageAt(url),
    async names() {
      const found = await readdir(folder, { recursive: true })
      return found.filter((name) => name !== 'partial')
    },
    close: () => rm(folder, { recursive: true }),
  }
}

async function openBucket(): Promise<Place> {
  // Where the SDK finds them: the keys that the emulator knows.
  process.env.AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
  process.env.AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const aws = await createEmulator({
    service: 'aws',
    port: 0,
    seed: { aws: { region: 'eu-central-1', s3: { buckets: [{ name: 'lightpress-files' }] } } },
  })
  const url = `s3://lightpress-files/of/users?region=eu-central-1&pathStyle=true&endpoint=${encodeURIComponent(aws.url)}`
  const client = new S3Client({ endpoint: aws.url, region: 'eu-central-1', forcePathStyle: true })
  return {
    url,
    storage: storageAt(url),
    async names() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'lightpress-files' }))
      return Contents.map(({ Key = '' }) => Key.replace(/^of\/users\//, ''))
    },
    async close() {
      client.destroy()
      await aws.close()
    },
  }
}

const secret = randomBytes(32).toString('base64')

export function storageAt(url: string): Storage {
  return createStorage(StorageUrl.parse(url), secret)
}
