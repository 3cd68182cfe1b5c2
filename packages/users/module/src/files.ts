import { defineJob, enqueue, newId, summarizeError, type Tx } from '@lightpress/kernel'
import { and, asc, eq, gt, lte, ne, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { UsersContext } from './context.ts'
import { file } from './schema.ts'

/** Minutes after which nobody writes a file any more that was to be written. */
const WAITS = 60
/** Files that a sweep looks at in one go. */
const BATCH = 100

type Row = typeof file.$inferSelect

const endings = { upload: 'upload', image: 'webp', export: 'zip' } as const

/** The name of a file in the storage. */
export function fileName(kind: Row['kind'], id: string): string {
  return `${id}.${endings[kind]}`
}

/**
 * Says that a file is about to be written, and what it is called. The transaction that points at it keeps it; if none
 * does, whatever was written is removed within the hour.
 */
export async function announceFile(
  { kind, name = fileName(kind, newId()), ...whose }: Announced,
  { db }: Pick<UsersContext, 'db'>,
): Promise<string> {
  await db.insert(file).values({ name, kind, ...whose, state: 'waiting', removeAt: minutesFromNow(WAITS) })
  return name
}

type Announced = Pick<Row, 'kind'> & Partial<Pick<Row, 'name' | 'userId' | 'organizationId'>>

/** In the transaction that points at a file: it stays, until `removeAt` where there is one. Throws if it came too late. */
export async function keepFile(
  tx: Tx,
  name: string,
  { removeAt = null }: { removeAt?: Date | null } = {},
): Promise<void> {
  const [kept] = await tx
    .update(file)
    .set({ state: 'live', removeAt })
    .where(and(eq(file.name, name), eq(file.state, 'waiting')))
    .returning({ name: file.name })
  if (!kept) throw new Error(`The file ${name} was given up before anything pointed at it`)
}

/**
 * In the transaction that stops pointing at a file, or gives up one that waits: it is removed. Says whether there was one
 * to remove, so that of two who use the same file up one does.
 */
export async function doomFile(tx: Tx, name: string, which: SQL = ne(file.state, 'doomed')): Promise<boolean> {
  const [doomed] = await tx
    .update(file)
    .set({ state: 'doomed', removeAt: sql`case when ${file.kind} = 'upload' then ${file.removeAt} else now() end` })
    .where(and(eq(file.name, name), which))
    .returning({ name: file.name })
  if (doomed) await enqueue(tx, removeFile, { payload: { name } })
  return doomed !== undefined
}

/**
 * Gives up a file that waits, outside of any transaction and as well as it can be done: else the sweep does it. One that
 * is kept, by a transaction of which nobody heard how it ended, stays.
 */
export async function giveUpFile(name: string, { withTx, log }: UsersContext): Promise<void> {
  try {
    await withTx((tx) => doomFile(tx, name, eq(file.state, 'waiting')))
  } catch (error) {
    log.warn(notRemoved(name, error), 'a file was not given up')
  }
}

export const removeFile = defineJob('remove-file', z.object({ name: z.string() }), ({ name }, ctx: UsersContext) =>
  remove(name, ctx),
)

/** The same as the sweep, at once. */
export const removeDueFiles = defineJob('remove-due-files', z.object({}), (_nothing, ctx: UsersContext) =>
  sweepFiles(ctx),
)

/** Removes what became nothing in time, what is over, and what no job could remove. */
export async function sweepFiles(ctx: UsersContext): Promise<void> {
  const due = lte(file.removeAt, sql`now()`)
  for (let after = ''; ;) {
    const names = await ctx.db
      .select({ name: file.name })
      .from(file)
      .where(and(due, gt(file.name, after)))
      .orderBy(asc(file.name))
      .limit(BATCH)
    for (const { name } of names) {
      after = name
      // Doomed before it is removed, so that nobody can begin to point at it.
      const [doomed] = await ctx.db
        .update(file)
        .set({ state: 'doomed' })
        .where(and(due, eq(file.name, name)))
        .returning({ name: file.name })
      if (doomed)
        await remove(name, ctx).catch((error: unknown) => ctx.log.warn(notRemoved(name, error), 'sweep-files'))
    }
    if (names.length < BATCH) return
  }
}

function notRemoved(name: string, error: unknown) {
  return { file: name, error: summarizeError(error) }
}

/**
 * The file, then its row. Whoever holds a signed address can put something there once more while it is good, so the row
 * of an upload stays that long, and the sweep looks again.
 */
async function remove(name: string, { db, storage }: UsersContext): Promise<void> {
  await storage.remove(name)
  await db.delete(file).where(and(eq(file.name, name), eq(file.state, 'doomed'), lte(file.removeAt, sql`now()`)))
}

function minutesFromNow(minutes: number) {
  return sql`now() + make_interval(mins => ${minutes})`
}
