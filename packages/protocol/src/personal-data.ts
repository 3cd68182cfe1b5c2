import { z } from 'zod'
import type { Command, Query } from './contract.ts'

/** Whom data is about. */
export const Subject = z.object({ kind: z.enum(['person', 'organization']), id: z.uuid() })
export type Subject = z.infer<typeof Subject>

/**
 * What became, or would become, of one kind of thing that a module holds. `emptied`: what identifies somebody was taken
 * out of it. `kept`: it stays, and `because` says why. `cancelled`: it was ended at somebody else's first.
 */
export const DataItem = z.object({
  /** What it is, for people to read: "sessions". */
  name: z.string(),
  count: z.number().int(),
  outcome: z.enum(['deleted', 'emptied', 'kept', 'cancelled']),
  because: z.string().nullable(),
})
export type DataItem = z.infer<typeof DataItem>

const exportInput = z.object({ subject: Subject, cursor: z.string().nullable() })
const exportOutput = z.object({
  /** Rows of one kind, as they are stored but for secrets; several pages may be of one kind. */
  parts: z.array(z.object({ name: z.string(), rows: z.array(z.record(z.string(), z.unknown())) })),
  nextCursor: z.string().nullable(),
})
const describeInput = z.object({ subjects: z.array(Subject).min(1) })
const items = z.object({ items: z.array(DataItem) })
const releaseInput = z.object({ subject: Subject })
const eraseInput = z.object({ subject: Subject, erasureId: z.uuid(), batch: z.number().int().min(0) })
const eraseOutput = items.extend({ done: z.boolean() })

export interface DataOperations {
  exportData: Query<typeof exportInput, typeof exportOutput>
  describeErasure: Query<typeof describeInput, typeof items>
  releaseData: Command<typeof releaseInput, typeof items>
  eraseData: Command<typeof eraseInput, typeof eraseOutput>
}

/** Every module answers these; the kernel implements them from what the module declares that it holds. */
export const dataOperations: DataOperations = {
  exportData: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'A page of everything that this module holds about a person or an organisation.',
    input: exportInput,
    output: exportOutput,
  },
  describeErasure: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary:
      'What erasing all of these would do, as of now; what is about several of them counts once. Changes nothing.',
    input: describeInput,
    output: items,
  },
  releaseData: {
    kind: 'command',
    method: 'POST',
    access: 'service',
    summary: 'Ends what must end before anything is erased: subscriptions, sessions, keys. Again is the same as once.',
    input: releaseInput,
    output: items,
  },
  eraseData: {
    kind: 'command',
    method: 'POST',
    access: 'service',
    summary:
      'Erases the next batch, and says what went. The same batch of the same erasure again answers what it answered before.',
    input: eraseInput,
    output: eraseOutput,
  },
}
