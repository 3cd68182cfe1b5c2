import { defineJob, enqueue, publish, type Tx } from '@lightpress/kernel'
import { exportReady } from '@lightpress/users-contract'
import { and, eq, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { withNamelessFile, writeArchive } from './archive.ts'
import type { UsersContext } from './context.ts'
import { writeContent } from './export-content.ts'
import { announceFile, doomFile, keepFile } from './files.ts'
import { dataExport } from './schema.ts'

/** Days for which an archive can be fetched. */
const KEPT = 7

/**
 * Puts an archive together. It is written here first, because a storage wants to know how much comes. Whatever ends on the
 * way leaves nothing but a file that is swept; of two that are at it at once the first one's archive stays.
 */
export const prepareExport = defineJob(
  'prepare-export',
  z.object({ exportId: z.uuid() }),
  async ({ exportId }, ctx: UsersContext) => {
    const [row] = await ctx.db.select().from(dataExport).where(preparing(exportId))
    if (!row) return
    const subject = { kind: row.subjectKind, id: row.subjectId }
    await withNamelessFile(async (file) => {
      await writeArchive(file.write, (archive) => writeContent(archive, { subject, requestedAt: row.createdAt }, ctx))
      const bytes = await file.size()
      const whose = subject.kind === 'person' ? { userId: subject.id } : { organizationId: subject.id }
      const name = await announceFile({ kind: 'export', ...whose }, ctx)
      await ctx.storage.put(name, file.read(), { contentType: 'application/zip' })
      await ctx.withTx((tx) => settle(tx, { exportId, name, bytes }))
    })
  },
)

/** Asks for the archive of an export in its transaction. */
export async function queueExport(tx: Tx, exportId: string): Promise<void> {
  await enqueue(tx, prepareExport, { payload: { exportId } })
}

async function settle(
  tx: Tx,
  { exportId, name, bytes }: { exportId: string; name: string; bytes: number },
): Promise<void> {
  const [ready] = await tx
    .update(dataExport)
    .set({
      state: 'ready',
      file: name,
      bytes,
      readyAt: sql`now()`,
      expiresAt: sql`now() + make_interval(days => ${KEPT})`,
    })
    .where(preparing(exportId))
    .returning({ expiresAt: dataExport.expiresAt })
  // Another one was first, or whoever it was for is being erased.
  if (!ready) return void (await doomFile(tx, name))
  await keepFile(tx, name, { removeAt: ready.expiresAt })
  await publish(tx, exportReady, { exportId })
}

/**
 * A job is given up after ten attempts, about eight minutes; a module may be away for longer. Whoever waits for a day is
 * told that it failed, and can ask anew.
 */
export async function prepareAgain({ withTx, log }: UsersContext): Promise<void> {
  const stuck = and(eq(dataExport.state, 'preparing'), lt(dataExport.queuedAt, sql`now() - interval '30 minutes'`))
  const tooOld = lt(dataExport.createdAt, sql`now() - interval '1 day'`)
  const failed = await withTx(async (tx) => {
    const given = await tx
      .update(dataExport)
      .set({ state: 'failed' })
      .where(and(stuck, tooOld))
      .returning({ id: dataExport.id })
    const again = await tx
      .update(dataExport)
      .set({ queuedAt: sql`now()` })
      .where(stuck)
      .returning({ id: dataExport.id })
    for (const { id } of again) await queueExport(tx, id)
    return given.map(({ id }) => id)
  })
  if (failed.length > 0) log.error({ exports: failed }, 'exports could not be prepared within a day and were given up')
}

function preparing(id: string) {
  return and(eq(dataExport.id, id), eq(dataExport.state, 'preparing'))
}
