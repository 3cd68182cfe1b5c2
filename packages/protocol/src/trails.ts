import { z } from 'zod'
import type { Query } from './contract.ts'

/** Whom, or which request, a trail is about. A request's id is the correlation id of all that came of it. */
export const TrailSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['person', 'organization']), id: z.uuid() }),
  z.object({ kind: z.literal('request'), id: z.string().max(100) }),
])
export type TrailSubject = z.infer<typeof TrailSubject>

/**
 * One thing that happened. What caused it is `causeId` (an event, a job, a digest) or, where that is null, the request itself;
 * all that came of one request has its `requestId`. Ids only: nobody's name or address.
 */
export const TrailItem = z.object({
  /**
   * Its own; of an event or job with a colon and its listener, because each listener has its own state. What was gathered for
   * a digest has the digest's before its own.
   */
  id: z.string(),
  /** To the microsecond, where it is known so exactly. */
  at: z.iso.datetime(),
  module: z.string(),
  /**
   * `audit`: a person did it; `message`: an e-mail; `notice`: a line in an inbox, or in a digest; `webhook`: to a customer's
   * program; `charge`: money.
   */
  kind: z.enum(['event', 'job', 'audit', 'message', 'notice', 'webhook', 'charge']),
  /** What it is, in the module's words: the type of an event, the name of a job, the template of a mail. */
  type: z.string(),
  /** Whom an event was for. */
  listener: z.string().nullable(),
  state: z.enum(['pending', 'published', 'done', 'dead', 'sent', 'failed', 'suppressed', 'cancelled']),
  error: z.string().nullable(),
  /** Of what was written down before requests were kept with it, an id of its own that leads to nothing else. */
  requestId: z.string(),
  causeId: z.uuid().nullable(),
  /**
   * The operation that the request called (`users.inviteMember`), or the schedule or command that ran, and the person who
   * called it. Null where that is not written down with it: what caused it, or the request's other items, say so.
   */
  operation: z.string().nullable(),
  actorId: z.uuid().nullable(),
  userId: z.uuid().nullable(),
  organizationId: z.uuid().nullable(),
  /** What else helps to find out why: ids, counts, amounts. */
  details: z.record(z.string(), z.string()),
})
export type TrailItem = z.infer<typeof TrailItem>

const input = z.object({
  about: TrailSubject,
  /** Older than this one: when it was, then its id. */
  before: z.object({ at: z.iso.datetime(), id: z.string() }).nullable(),
  /** A page, and one more that says whether there is another. */
  limit: z.number().int().min(1).max(101),
})
const output = z.object({ items: z.array(TrailItem) })

export interface TrailOperations {
  readTrail: Query<typeof input, typeof output>
}

/** Every module answers this: the kernel from its outbox, the module itself with what it declares as `trail`. */
export const trailOperations: TrailOperations = {
  readTrail: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'What happened in this module to a person, an organisation or because of a request, newest first.',
    input,
    output,
  },
}
