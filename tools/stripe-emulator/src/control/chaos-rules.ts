import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { ApiError } from '../http/errors.ts'
import { newId } from '../ids.ts'
import type { State } from '../state/state.ts'

const milliseconds = z.int().min(0).max(86_400_000)

/** When a rule strikes: how likely, how often at most, and after how many that it lets pass. */
const strokes = {
  probability: z.number().min(0).max(1).default(1),
  times: z.int().min(1).nullable().default(null),
  skip: z.int().min(0).default(0),
  /** The same seed strikes the same ones. Drawn and shown where none is given. */
  seed: z
    .int()
    .min(0)
    .max(0xff_ff_ff_ff)
    .default(() => randomInt(0xff_ff_ff_ff)),
}

/** Which webhooks: by type (`customer.*` for all that begin so) and by the endpoint's id. */
const webhooks = {
  ...strokes,
  types: z.array(z.string().min(1)).nullable().default(null),
  endpoint: z.string().nullable().default(null),
}

/** Which requests: by method, and by a path in which `*` stands for anything, such as `/v1/customers/*`. */
const requests = {
  ...strokes,
  method: z.enum(['GET', 'POST', 'DELETE']).nullable().default(null),
  path: z.string().startsWith('/').nullable().default(null),
}

/** What may go wrong, each by its `effect`. */
export const newRule = z.discriminatedUnion('effect', [
  /** Delivered `copies` times more, the copies that much later. */
  z.strictObject({
    effect: z.literal('duplicate'),
    ...webhooks,
    copies: z.int().min(1).max(100).default(1),
    milliseconds: milliseconds.default(0),
  }),
  /** Delivered that much later, behind what comes meanwhile. */
  z.strictObject({ effect: z.literal('delay'), ...webhooks, milliseconds }),
  /** Held until `window` of them are there (or the first has waited that long), then delivered in another order. */
  z.strictObject({
    effect: z.literal('reorder'),
    ...webhooks,
    window: z.int().min(2).max(1000).default(2),
    milliseconds: milliseconds.default(5000),
  }),
  /** Never delivered, as if given up; it can be redelivered. */
  z.strictObject({ effect: z.literal('drop'), ...webhooks }),
  /** Answered with this error before anything is done. */
  z.strictObject({ effect: z.literal('error'), ...requests, status: z.int().min(400).max(599).default(500) }),
  /** Done and answered that much later; meanwhile its idempotency key is in use. */
  z.strictObject({ effect: z.literal('slow'), ...requests, milliseconds }),
  /** Done, but the answer is lost: the connection is cut, or with a status that error comes instead. */
  z.strictObject({
    effect: z.literal('lose_answer'),
    ...requests,
    status: z.int().min(500).max(599).nullable().default(null),
  }),
])

export type NewChaosRule = z.input<typeof newRule>

/** A rule, whether it is on, and how many it matched and struck so far. */
export type ChaosRule = z.output<typeof newRule> & {
  id: string
  created: number
  on: boolean
  matched: number
  struck: number
}

export type WebhookRule = Extract<ChaosRule, { types: unknown }>
export type RequestRule = Extract<ChaosRule, { path: unknown }>

export function addRule(given: z.output<typeof newRule>, { chaos }: State): ChaosRule {
  const rule: ChaosRule = { id: newId('chaos'), created: Date.now(), on: true, matched: 0, struck: 0, ...given }
  chaos.set(rule.id, rule)
  return rule
}

export function findRule(id: string, { chaos }: State): ChaosRule {
  const rule = chaos.get(id)
  if (!rule)
    throw new ApiError(404, 'invalid_request_error', `No such chaos rule: '${id}'`, { code: 'resource_missing' })
  return rule
}
