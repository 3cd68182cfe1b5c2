import { identityOf, type RawHttp, type Tx } from '@lightpress/kernel'
import type { UsersContext } from '../context.ts'
import { announceFile, doomFile, giveUpFile, keepFile } from '../files.ts'
import { countPicture } from './count-picture.ts'
import { createShares } from './limiter.ts'
import { receivePicture, type ReceivedPicture } from './receive-picture.ts'
import { uploadNotFound } from './refusals.ts'
import { render, type Use } from './render.ts'

export interface PictureToKeep {
  request: RawHttp['request']
  uploadId?: string | undefined
  use: Use
  whose: { userId: string } | { organizationId: string }
}

/**
 * Bodies are held in memory while they arrive, which takes as long as whoever sends them likes, and while they are
 * unpacked, which takes as long as they were made to.
 */
const shared = createShares({ atOnce: 24, each: 2 })

/**
 * Takes a picture in and stores what is made of it; then `point`, in the transaction that keeps it, makes it somebody's.
 * Whatever comes of it, nothing that was sent stays, and where it ends in between the sweep finds the rest.
 */
export async function keepPicture<T>(
  picture: PictureToKeep,
  point: (tx: Tx, name: string) => Promise<T>,
  ctx: UsersContext,
): Promise<T> {
  return shared(identityOf(ctx).userId, () => keep(picture, point, ctx), ctx.signal)
}

async function keep<T>(
  { request, uploadId, use, whose }: PictureToKeep,
  point: (tx: Tx, name: string) => Promise<T>,
  ctx: UsersContext,
): Promise<T> {
  const received = await receivePicture({ request, uploadId }, ctx)
  const { upload } = received
  try {
    return await store(received, { use, whose, point }, ctx)
  } catch (error) {
    if (upload !== undefined) await giveUpFile(upload, ctx)
    throw error
  }
}

async function store<T>(
  { bytes, declared, upload }: ReceivedPicture,
  { use, whose, point }: Pick<PictureToKeep, 'use' | 'whose'> & { point: (tx: Tx, name: string) => Promise<T> },
  ctx: UsersContext,
): Promise<T> {
  await countPicture(ctx)
  const rendered = await render(bytes, { declared, use, signal: ctx.signal })
  const name = await announceFile({ kind: 'image', ...whose }, ctx)
  // When this fails, nobody knows what the storage makes of it yet: the sweep looks later.
  await ctx.storage.put(name, rendered, { contentType: 'image/webp' })
  try {
    return await ctx.withTx(async (tx) => {
      // Of two who use the same upload, one does.
      if (upload !== undefined && !(await doomFile(tx, upload))) throw uploadNotFound()
      await keepFile(tx, name)
      return point(tx, name)
    })
  } catch (error) {
    await giveUpFile(name, ctx)
    throw error
  }
}
