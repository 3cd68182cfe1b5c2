import { identityOf, type RawHttp } from '@lightpress/kernel'
import { AppError, type Subject } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { isAbout, isReady, requireOwner } from './exports.ts'
import { dataExport } from './schema.ts'

/** Milliseconds for which an address of the storage is good: long enough to follow it. */
const FOLLOWED_WITHIN = 60_000

export async function downloadMyExport(
  { input: { exportId }, reply }: RawHttp<Ops['downloadMyExport']>,
  ctx: UsersContext,
): Promise<undefined> {
  return send({ exportId, subject: { kind: 'person', id: identityOf(ctx).userId } }, reply, ctx)
}

export async function downloadExport(
  { input: { id, exportId }, reply }: RawHttp<Ops['downloadExport']>,
  ctx: UsersContext,
): Promise<undefined> {
  await requireOwner(id, ctx)
  return send({ exportId, subject: { kind: 'organization', id } }, reply, ctx)
}

async function send(
  { exportId, subject }: { exportId: string; subject: Subject },
  reply: RawHttp['reply'],
  { db, storage }: UsersContext,
): Promise<undefined> {
  const [row] = await db
    .select()
    .from(dataExport)
    .where(and(eq(dataExport.id, exportId), isAbout(subject), isReady()))
  if (!row || row.file === null) throw notFound()
  reply.header('cache-control', 'private, no-store')
  const downloadAs = `export-${row.createdAt.toISOString().slice(0, 10)}.zip`
  const contentType = 'application/zip'
  const url = await storage.signGet(row.file, {
    expiresAt: new Date(Date.now() + FOLLOWED_WITHIN),
    downloadAs,
    contentType,
  })
  if (url !== null) {
    reply.redirect(url, 302)
    return
  }
  const found = await storage.read(row.file)
  if (!found) throw notFound()
  reply
    .header('content-type', contentType)
    .header('content-length', found.size)
    .header('content-disposition', `attachment; filename="${downloadAs}"`)
    .send(found.body)
}

function notFound(): AppError {
  return new AppError('not_found', 'users.export_not_found', 'There is no such export, or not any more.')
}
