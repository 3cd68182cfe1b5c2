import type { Input, TrailItem, TrailOperations, TrailSubject } from '@lightpress/protocol'
import { and, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { Ask } from './ask-listener.ts'
import type { Database } from './db.ts'
import { letterKey, readErrors } from './dead-letters.ts'
import type { CallContext, Module, ModuleContext } from './module.ts'
import { tablesOf, type KernelTables } from './tables.ts'
import { beforeInTrail, exactTime, mergeTrails, newestFirst, type TrailPage } from './trail-order.ts'

interface Source {
  module: Module
  database: Database
  ask: Ask
}

/** What happened here: what was promised with commits, which the kernel knows, and what the module itself tells. */
export async function readTrail(
  { about, ...page }: Input<TrailOperations['readTrail']>,
  source: Source,
  ctx: ModuleContext,
): Promise<TrailItem[]> {
  const trails = await Promise.all([
    promised(about, page, { ...source, call: ctx }),
    source.module.trail?.(about, page, ctx),
  ])
  return mergeTrails(
    trails.map((trail) => trail ?? []),
    page.limit,
  )
}

/** The events and jobs of an outbox, one for each listener. */
async function promised(
  about: TrailSubject,
  page: TrailPage,
  { module: { name }, database, ask, call }: Source & { call: CallContext },
): Promise<TrailItem[]> {
  const { outbox } = tablesOf(name)
  const key = { at: outbox.createdAt, id: sql`${outbox.id}::text || ':' || ${outbox.listener}` }
  // One statement for each way to be about somebody: PostgreSQL reads either by its index, both at once by none.
  const found = await Promise.all(
    conditionsOf(about, outbox).map((condition) =>
      database.db
        .select({
          id: outbox.id,
          listener: outbox.listener,
          kind: outbox.kind,
          type: outbox.type,
          payload: outbox.payload,
          origin: outbox.origin,
          state: outbox.state,
          at: exactTime(outbox.createdAt),
        })
        .from(outbox)
        .where(and(condition, beforeInTrail(page, key)))
        .orderBy(...newestFirst(key))
        .limit(page.limit),
    ),
  )
  const rows = found.flat()
  const errors = await readErrors(
    rows.filter(({ state }) => state === 'dead'),
    ask,
    call,
  )
  return rows.map((row) => toItem(row, { module: name, error: errors.get(letterKey(row)) ?? null }))
}

/** Each is what an index of the outbox is made of: see `kernelTables`. */
function conditionsOf({ kind, id }: TrailSubject, { payload, origin }: KernelTables['outbox']): SQL[] {
  switch (kind) {
    case 'request':
      return [sql`${origin}->>'requestId' = ${id}`]
    case 'organization':
      return [sql`${payload}->>'organizationId' = ${id}`]
    case 'person':
      return [sql`${payload}->>'userId' = ${id}`, sql`${origin}->>'actorId' = ${id}`]
  }
}

type Row = Pick<
  KernelTables['outbox']['$inferSelect'],
  'id' | 'listener' | 'kind' | 'type' | 'payload' | 'origin' | 'state'
> & { at: string }

function toItem(
  { id, listener, kind, type, payload, origin, state, at }: Row,
  { module, error }: { module: string; error: string | null },
): TrailItem {
  const { userId, organizationId, ...facts } = factsOf(payload)
  const { impersonatorId, apiKeyId } = origin
  return {
    id: letterKey({ id, listener }),
    at,
    module,
    kind,
    type,
    listener,
    state,
    error,
    requestId: origin.requestId,
    causeId: origin.causeId ?? null,
    operation: origin.operation ?? null,
    actorId: origin.actorId ?? null,
    userId: asId(userId),
    organizationId: asId(organizationId),
    details: { ...facts, ...(impersonatorId && { impersonatorId }), ...(apiKeyId && { apiKeyId }) },
  }
}

/** The simple fields of a payload: payloads carry ids and facts. Not its links: some open without a sign-in, as Stripe's do. */
function factsOf(payload: unknown): Record<string, string> {
  const simple = Object.entries(payload ?? {}).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  const said = simple.map(([name, value]) => [name, String(value)] as const)
  return Object.fromEntries(said.filter(([, value]) => !/^https?:/i.test(value)))
}

function asId(value: string | undefined): string | null {
  return z.uuid().safeParse(value).data ?? null
}
