import { defineJob, enqueue, publish } from '@lightpress/kernel'
import type { DataItem } from '@lightpress/protocol'
import { erasureFinished } from '@lightpress/users-contract'
import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { UsersContext } from './context.ts'
import { addUp, eraseAgain, subjectsOf, type ErasureStep, type Progress } from './erasure-plan.ts'
import { erasure } from './schema.ts'

type Erasure = typeof erasure.$inferSelect

/** Milliseconds until what came late is erased: whatever made it may not be over yet. Longer each time, to a point. */
const LATE = { first: 5_000, most: 5 * 60_000 }
/** As often, something comes late. More often, something is wrong: a module does not erase what it says it holds. */
const ROUNDS = 2

/**
 * Takes the next step of an erasure, and promises the one after together with how far it is. Of several workers at the
 * same step one writes it down, and only that one goes on. What they ask of a module is asked under the number of the
 * answer that is wanted, so all of them are given the same one, and so is whoever asks again after a crash.
 */
export const continueErasure = defineJob(
  'continue-erasure',
  z.object({ erasureId: z.uuid() }),
  async ({ erasureId }, ctx: UsersContext) => {
    const [current] = await ctx.db
      .select()
      .from(erasure)
      .where(and(eq(erasure.id, erasureId), isNull(erasure.finishedAt)))
    if (!current) return
    const step = current.steps[current.position]
    if (step) await writeDown(current, { step, ...(await take(step, current, ctx)) }, ctx)
    else await finish(current, ctx)
  },
)

interface Taken {
  items: DataItem[]
  /** What there is to do from now on. */
  then: Progress
  /** Milliseconds to wait until then. */
  delay?: number
}

async function take(step: ErasureStep, current: Erasure, ctx: UsersContext): Promise<Taken> {
  const { id: erasureId, batch, steps, position } = current
  const next = { steps, position: position + 1 }
  const module = ctx.calls[step.module]
  switch (step.phase) {
    case 'release':
      return { ...(await module.releaseData({ subject: step.subject })), then: next }
    case 'erase': {
      const { items, done } = await module.eraseData({ subject: step.subject, erasureId, batch })
      return { items, then: done ? next : current }
    }
    case 'check': {
      const { items } = await module.describeErasure({ subjects: subjectsOf(steps) })
      const late = items.filter(({ outcome }) => outcome !== 'kept')
      if (late.length === 0) return { items, then: next }
      const { rounds = 0 } = step
      if (rounds >= ROUNDS)
        ctx.log.warn({ erasureId, module: step.module, rounds, late }, 'an erasure finds something again and again')
      return { items: [], then: eraseAgain(current, step), delay: Math.min(LATE.first * 2 ** rounds, LATE.most) }
    }
  }
}

async function writeDown(
  { id, batch, receipt }: Erasure,
  { step: { module }, items, then: { steps, position }, delay = 0 }: Taken & { step: ErasureStep },
  ctx: UsersContext,
): Promise<void> {
  await ctx.withTx(async (tx) => {
    const written = await tx
      .update(erasure)
      .set({
        steps: [...steps],
        position,
        batch: batch + 1,
        receipt: addUp([...receipt, ...items.map((item) => ({ module, ...item }))]),
        queuedAt: sql`now()`,
      })
      .where(isAt(id, batch))
      .returning({ id: erasure.id })
    if (written.length > 0) await enqueue(tx, continueErasure, { payload: { erasureId: id }, delay })
  })
}

async function finish({ id, batch }: Erasure, ctx: UsersContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    const finished = await tx
      .update(erasure)
      .set({ finishedAt: sql`now()`, batch: batch + 1 })
      .where(isAt(id, batch))
      .returning({ id: erasure.id })
    if (finished.length > 0) await publish(tx, erasureFinished, { erasureId: id })
  })
}

/** As far as whoever read it believes: nobody wrote down another step since. */
function isAt(id: string, batch: number) {
  return and(eq(erasure.id, id), eq(erasure.batch, batch), isNull(erasure.finishedAt))
}

/** Makes a new job for each erasure that outlived its last one: ten attempts take about eight minutes. */
export async function resumeErasures({ withTx }: UsersContext): Promise<void> {
  await withTx(async (tx) => {
    const again = await tx
      .update(erasure)
      .set({ queuedAt: sql`now()` })
      .where(and(isNull(erasure.finishedAt), lt(erasure.queuedAt, sql`now() - interval '15 minutes'`)))
      .returning({ id: erasure.id })
    for (const { id } of again) await enqueue(tx, continueErasure, { payload: { erasureId: id } })
  })
}

/** The receipt was sent by then, or cannot be. */
export async function forgetContacts({ db }: UsersContext): Promise<void> {
  await db
    .update(erasure)
    .set({ contact: null })
    .where(and(isNotNull(erasure.contact), lt(erasure.finishedAt, sql`now() - interval '1 day'`)))
}
