// Neighbours that hold something, and what a test asks of erasures.
import type { DataItem, Subject } from '@lightpress/protocol'
import { until } from '@lightpress/testing'
import { erasureFinished, users as contract } from '@lightpress/users-contract'
import { and, eq, sql } from 'drizzle-orm'
import type { UsersContext } from '../src/context.ts'
import { continueErasure } from '../src/continue-erasure.ts'
import { erasure } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { dbOf } from './team.ts'

type Name = 'auth' | 'billing' | 'notifications'
interface Asked {
  module: Name
  phase: 'release' | 'erase' | 'describe'
  id: string
}

/**
 * Three neighbours, each with ten things about everybody, which it erases four at a time. Like the kernel, they answer a
 * batch that comes again as before.
 */
export async function startWithNeighbours() {
  const asked: Asked[] = []
  /** What a neighbour does before it answers, and after it did what it was asked: throw, for example. */
  const troubles: { before?: (asked: Asked) => void; after?: (asked: Asked) => void } = {}
  const holds = new Map<string, number>()
  const answers = new Map<string, { items: DataItem[]; done: boolean }>()
  const left = (module: Name, id: string) => holds.get(`${module} ${id}`) ?? 10

  function play(module: Name) {
    const about = <T>(phase: Asked['phase'], id: string, answer: () => T): T => {
      asked.push({ module, phase, id })
      troubles.before?.({ module, phase, id })
      const answered = answer()
      troubles.after?.({ module, phase, id })
      return answered
    }
    return {
      describeErasure: ({ subjects }: { subjects: Subject[] }) =>
        about('describe', subjects.map(({ id }) => id).join(' '), () => {
          const things = subjects.reduce((sum, { id }) => sum + left(module, id), 0)
          const kept = { ...item('log', subjects.length), outcome: 'kept' as const, because: 'It is a log.' }
          return { items: [...(things > 0 ? [item('things', things)] : []), kept] }
        }),
      releaseData: ({ subject }: { subject: Subject }) =>
        about('release', subject.id, () => ({
          items: module === 'billing' ? [{ ...item('subscriptions', 1), outcome: 'cancelled' as const }] : [],
        })),
      eraseData: ({ subject, erasureId, batch }: { subject: Subject; erasureId: string; batch: number }) =>
        about('erase', subject.id, () => {
          const key = `${module} ${erasureId} ${batch}`
          const before = answers.get(key)
          if (before) return before
          const now = left(module, subject.id)
          const erased = Math.min(now, 4)
          holds.set(`${module} ${subject.id}`, now - erased)
          const answer = { items: erased > 0 ? [item('things', erased)] : [], done: erased < 4 }
          answers.set(key, answer)
          return answer
        }),
    }
  }

  const app = await startUsers({
    fakes: { auth: play('auth'), billing: play('billing'), notifications: play('notifications') },
    env: { RETRY_DELAY: '5' },
  })
  return {
    app,
    asked,
    troubles,
    /** A neighbour writes down something more about somebody, who is being erased perhaps. */
    addLate: (module: Name, id: string) => holds.set(`${module} ${id}`, left(module, id) + 1),
    holdsNothingAbout: (id: string) =>
      (['auth', 'billing', 'notifications'] as const).every((module) => left(module, id) === 0),
  }
}

export function item(name: string, count: number): DataItem {
  return { name, count, outcome: 'deleted', because: null }
}

export async function erasureOf(app: App, erasureId: string) {
  const [row] = await dbOf(app).select().from(erasure).where(eq(erasure.id, erasureId))
  if (!row) throw new TypeError('There is no such erasure')
  return row
}

export function untilDone(app: App, erasureId: string) {
  return until(
    () => erasureOf(app, erasureId),
    ({ finishedAt }) => finishedAt !== null,
    { timeout: 40_000 },
  )
}

/** How often it was said that it is done. */
export async function endingsOf(app: App, erasureId: string): Promise<number> {
  const rows = (await app.outbox()).filter(({ type }) => type === erasureFinished.type)
  return rows.filter(({ payload }) => erasureFinished.payload.parse(payload).erasureId === erasureId).length
}

export const ctxOf = (app: App) => app.contextFor('users') as unknown as UsersContext

/** Takes the next step, as a worker that was given the job. */
export const takeStep = (app: App, erasureId: string) => continueErasure.run({ erasureId }, ctxOf(app))

export function mailOf(app: App, erasureId: string) {
  return app.callAs('notifications', contract).readErasureMail({ erasureId })
}

/** Its last job was made long ago. */
export async function forgetJob(app: App, erasureId: string) {
  await dbOf(app)
    .update(erasure)
    .set({ queuedAt: sql`now() - interval '16 minutes'` })
    .where(and(eq(erasure.id, erasureId)))
}

/** Tables of users in which a text stands, in any column of any row. */
export async function findEverywhere(app: App, text: string): Promise<string[]> {
  const db = dbOf(app)
  const { rows } = await db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'users' order by 1`,
  )
  const found: string[] = []
  for (const { name } of rows) {
    const table = sql`${sql.identifier('users')}.${sql.identifier(name)}`
    const hits = await db.execute(sql`select from ${table} as t where t::text ilike ${`%${text}%`}`)
    if (hits.rowCount) found.push(name)
  }
  return found
}
