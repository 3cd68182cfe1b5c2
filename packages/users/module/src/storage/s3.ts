import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { AppError } from '@lightpress/protocol'
import type { Location } from './location.ts'
import { checkName, type Storage } from './storage.ts'

/**
 * A bucket, encrypted as the bucket says. Credentials are found by the AWS SDK: the role of the task, the environment, a
 * profile. They need GetObject, PutObject, DeleteObject and AbortMultipartUpload on the prefix, and ListBucket, without
 * which S3 says "forbidden" of what is not there.
 */
export function createS3({ bucket, prefix, region, endpoint, pathStyle }: Extract<Location, { kind: 's3' }>): Storage {
  const client = new S3Client({
    forcePathStyle: pathStyle,
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
    // Else a signed address holds the checksum of an empty body, and stand-ins are asked for what they do not know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const at = (name: string) => ({ Bucket: bucket, Key: `${prefix}${checkName(name)}` })

  return {
    // Whether the bucket can be reached shows when it is: a process that only makes calls elsewhere starts without it.
    async check() {},

    async put(name, content, { contentType }) {
      const params = { ...at(name), Body: content, ContentType: contentType }
      // In parts where it is long, of which two are in memory, and in one request where it is not.
      await asked(new Upload({ client, queueSize: 2, params }).done())
    },

    async read(name) {
      const found = await orNull(asked(client.send(new GetObjectCommand(at(name)))))
      if (!found) return null
      if (!(found.Body instanceof Readable)) throw new TypeError('S3 answered without a body')
      return { body: found.Body, size: found.ContentLength ?? 0 }
    },

    async size(name) {
      const found = await orNull(asked(client.send(new HeadObjectCommand(at(name)))))
      return found && (found.ContentLength ?? 0)
    },

    async remove(name) {
      await asked(client.send(new DeleteObjectCommand(at(name))))
    },

    async signPut(name, { contentType, size, expiresAt }) {
      const command = new PutObjectCommand({ ...at(name), ContentType: contentType, ContentLength: size })
      const signableHeaders = new Set(['host', 'content-type', 'content-length'])
      const url = await asked(getSignedUrl(client, command, { expiresIn: secondsUntil(expiresAt), signableHeaders }))
      return { url, headers: { 'content-type': contentType } }
    },

    isSigned: () => false,

    signGet(name, { expiresAt, downloadAs, contentType }) {
      const command = new GetObjectCommand({
        ...at(name),
        ResponseContentDisposition: `attachment; filename="${downloadAs}"`,
        ResponseContentType: contentType,
        ResponseCacheControl: 'no-store',
      })
      return asked(getSignedUrl(client, command, { expiresIn: secondsUntil(expiresAt) }))
    },
  }
}

function secondsUntil(moment: Date): number {
  return Math.max(1, Math.floor((moment.getTime() - Date.now()) / 1_000))
}

/** What S3 does not answer, or refuses, is nothing that the caller did. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (isNotFound(error)) throw error
    throw new AppError('unavailable', 'storage.unavailable', 'Files cannot be reached just now. Try again.', {
      cause: error,
      retryAfter: 1,
    })
  }
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')
}
