import { enqueue, newId, type Tx } from '@lightpress/kernel'
import type { Subject } from '@lightpress/protocol'
import type { ErasureItem } from '@lightpress/users-contract'
import { and, eq } from 'drizzle-orm'
import { modules } from './context.ts'
import { continueErasure } from './continue-erasure.ts'
import { planSteps } from './erasure-plan.ts'
import { erasure, person } from './schema.ts'

interface Begun {
  /** What is erased with it, itself included, in this order. */
  subjects: readonly Subject[]
  /** Who wants it, and is told when it is done: by then nobody here may know their address any more. */
  requestedBy: string
  organizationName: string | null
  /** What went already, in this transaction. */
  gone?: ErasureItem[]
}

/** Writes down what there is to do, in the transaction that closes what is to be erased. */
export async function beginErasure(
  tx: Tx,
  { kind, id }: Subject,
  { subjects, requestedBy, organizationName, gone = [] }: Begun,
): Promise<string> {
  const [wanting] = await tx
    .select({ email: person.email, name: person.name, locale: person.locale, timeZone: person.timeZone })
    .from(person)
    .where(eq(person.id, requestedBy))
  const erasureId = newId()
  await tx.insert(erasure).values({
    id: erasureId,
    subjectKind: kind,
    subjectId: id,
    requestedBy,
    steps: planSteps(modules, subjects),
    receipt: gone,
    contact: wanting ? { ...wanting, organizationName } : null,
  })
  await enqueue(tx, continueErasure, { payload: { erasureId } })
  return erasureId
}

/** The erasure that this person began already; undefined where they did not. */
export async function findBegun(tx: Tx, { kind, id }: Subject, requestedBy: string): Promise<string | undefined> {
  const [begun] = await tx
    .select({ id: erasure.id })
    .from(erasure)
    .where(and(eq(erasure.subjectKind, kind), eq(erasure.subjectId, id), eq(erasure.requestedBy, requestedBy)))
  return begun?.id
}
