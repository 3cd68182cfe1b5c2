import { MIMEType } from 'node:util'
import { identityOf, type RawHttp } from '@lightpress/kernel'
import { MAX_IMAGE_BYTES } from '@lightpress/users-contract'
import type { UsersContext } from '../context.ts'
import { findUpload } from '../uploads.ts'
import { readBody } from './read-body.ts'
import { FORM_FRAME, readForm } from './read-form.ts'
import { refused, tooLarge, uploadNotFound } from './refusals.ts'

export interface ReceivedPicture {
  bytes: Buffer
  /** What it was said to be, where something was said. */
  declared: string | undefined
  /** The name of the upload that it was, which is used up by it. */
  upload: string | undefined
}

/** A picture in any of the three ways in which one is sent: as the body, in a form, or uploaded before. */
export async function receivePicture(
  { request, uploadId }: { request: RawHttp['request']; uploadId: string | undefined },
  ctx: UsersContext,
): Promise<ReceivedPicture> {
  const mime = mimeOf(request)
  if (mime?.essence === 'application/json') return readUpload(uploadId, ctx)
  if (uploadId !== undefined) throw refused('Send JSON with the upload, or a picture, but not both.')
  if (mime?.essence !== 'multipart/form-data') return picture(await readBody(request, MAX_IMAGE_BYTES), mime?.essence)
  const { bytes, type } = await readForm(await readBody(request, MAX_IMAGE_BYTES + FORM_FRAME), mime)
  return picture(bytes, type)
}

function picture(bytes: Buffer, type: string | undefined, upload?: string): ReceivedPicture {
  if (bytes.length > MAX_IMAGE_BYTES) throw tooLarge()
  // Says nothing, and is what a form says of a file when it does not know.
  const declared = type === '' || type === 'application/octet-stream' ? undefined : type
  return { bytes, declared, upload }
}

async function readUpload(uploadId: string | undefined, ctx: UsersContext): Promise<ReceivedPicture> {
  if (uploadId === undefined) throw refused('Say which upload it is.')
  const upload = await findUpload(ctx.db, { id: uploadId, userId: identityOf(ctx).userId })
  const found = upload && (await ctx.storage.read(upload))
  if (!found) throw uploadNotFound()
  if (found.size > MAX_IMAGE_BYTES) {
    found.body.destroy()
    throw tooLarge()
  }
  return picture(Buffer.concat(await found.body.toArray()), undefined, upload)
}

function mimeOf({ headers }: RawHttp['request']): MIMEType | undefined {
  const type = headers['content-type']
  return type === undefined ? undefined : new MIMEType(type)
}
