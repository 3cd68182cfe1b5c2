import { z } from 'zod'
import { Money } from './money-shape.ts'
import { MeterId } from './plans.ts'

/** What was used of one meter in the running period. */
export const Usage = z.object({
  meterId: MeterId,
  name: z.string(),
  /** Of a plan that charges what is used: its billing period. Of others: the calendar month, in UTC. */
  periodStart: z.iso.datetime(),
  periodEnd: z.iso.datetime(),
  used: z.number().int(),
  /** What the plan has in it. */
  included: z.number().int(),
  /** Whether more can be used than that, each at `price`. */
  metered: z.boolean(),
  price: Money.nullable(),
  /** What was used beyond `included` costs so far, before discounts; null where nothing is charged. */
  cost: Money.nullable(),
  /** By day (UTC), the last thirty, oldest first. */
  days: z.array(z.object({ date: z.iso.date(), quantity: z.number().int() })),
})
export type Usage = z.infer<typeof Usage>

export const UsageRecord = z.object({
  meterId: MeterId,
  quantity: z.number().int().min(1).max(1_000_000),
})

/** `used` is what was used in the period with this. */
export const UsageReceipt = z.object({
  id: z.uuid(),
  meterId: MeterId,
  quantity: z.number().int(),
  used: z.number().int(),
  limit: z.number().int().nullable(),
  periodEnd: z.iso.datetime(),
})
