import { identityOf, newId, type Db, type RawHttp } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { MAX_IMAGE_BYTES } from '@lightpress/users-contract'
import { and, eq, gt, sql } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { announceFile, fileName } from './files.ts'
import { holdPerson } from './people.ts'
import { cutOff, uploadNotFound } from './pictures/refusals.ts'
import { file } from './schema.ts'

/** Milliseconds for which an address takes what it is for. */
const GOOD_FOR = 10 * 60_000
/** Uploads that somebody may have begun and not used, within the hour for which they are kept. */
const MAX_WAITING = 20

export async function startUpload(
  { contentType, size }: Input<Ops['startUpload']>,
  ctx: UsersContext,
): Promise<Output<Ops['startUpload']>> {
  const { userId } = identityOf(ctx)
  const uploadId = newId()
  const name = fileName('upload', uploadId)
  await ctx.withTx(async (tx) => {
    // One after the other, so that they are counted.
    await holdPerson(tx, userId)
    const waiting = await tx.$count(file, isWaiting(userId))
    if (waiting >= MAX_WAITING)
      throw new AppError('limited', 'users.too_many_uploads', 'Use what you have uploaded, or wait for a while.', {
        retryAfter: 600,
      })
    await announceFile({ kind: 'upload', name, userId }, { db: tx })
  })
  const expiresAt = new Date(Date.now() + GOOD_FOR)
  const { url, headers } = await ctx.storage.signPut(name, { contentType, size, expiresAt })
  return { uploadId, method: 'PUT', url, headers, expiresAt: expiresAt.toISOString() }
}

/** Where the storage takes uploads itself there is no address of this that is signed, and so nothing here. */
export async function receiveUpload(
  { input, request }: RawHttp<Ops['receiveUpload']>,
  { db, storage }: UsersContext,
): Promise<Output<Ops['receiveUpload']>> {
  const name = fileName('upload', input.id)
  const contentType = request.headers['content-type'] ?? ''
  const size = Number(request.headers['content-length'] ?? NaN)
  const expiresAt = new Date(Number(input.expires))
  const good = size > 0 && size <= MAX_IMAGE_BYTES && expiresAt.getTime() > Date.now()
  if (!good || !storage.isSigned(name, { contentType, size, expiresAt, signature: input.signature }))
    throw uploadNotFound()
  // Good once.
  if (!(await findUpload(db, { id: input.id })) || (await storage.size(name)) !== null) throw uploadNotFound()
  try {
    await storage.put(name, request.raw, { contentType })
  } catch (error) {
    throw request.raw.complete ? error : cutOff(error)
  }
  return { status: 'received' }
}

/** The name of an upload that waits to be used. */
export async function findUpload(db: Db, { id, userId }: { id: string; userId?: string }): Promise<string | undefined> {
  const [found] = await db
    .select({ name: file.name })
    .from(file)
    .where(and(eq(file.name, fileName('upload', id)), isWaiting(userId)))
  return found?.name
}

function isWaiting(userId: string | undefined) {
  return and(
    eq(file.kind, 'upload'),
    eq(file.state, 'waiting'),
    gt(file.removeAt, sql`now()`),
    userId === undefined ? undefined : eq(file.userId, userId),
  )
}
