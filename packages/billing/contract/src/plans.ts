import { z } from 'zod'
import { Money } from './money-shape.ts'

export const PlanId = z.enum(['free', 'pro', 'business'])
export type PlanId = z.infer<typeof PlanId>
export const Interval = z.enum(['month', 'year'])
export type Interval = z.infer<typeof Interval>
/** What is counted as it is used. */
export const MeterId = z.enum(['tasks'])
export type MeterId = z.infer<typeof MeterId>

/** How much of what a plan allows; null is no limit. */
export const Limits = z.object({
  /** People in an organisation, invited ones included. */
  members: z.number().int().nullable(),
  /** Tasks in a calendar month (UTC). */
  tasks: z.number().int().nullable(),
})
export type Limits = z.infer<typeof Limits>

/** What a plan has and another has not. */
export const Feature = z.enum(['metered_usage', 'priority_support'])
export type Feature = z.infer<typeof Feature>

/** What a paid plan charges as it is used, beside its seats: so many of a billing period are in it, each more has a price. */
const MeteredPrice = z.object({
  meterId: MeterId,
  interval: Interval,
  included: z.number().int(),
  price: Money,
})
export type MeteredPrice = z.infer<typeof MeteredPrice>

export const Plan = z.object({
  id: PlanId,
  name: z.string(),
  description: z.string(),
  perSeat: z.boolean(),
  prices: z.array(z.object({ interval: Interval, price: Money })),
  metered: z.array(MeteredPrice),
  /** Days for which whoever never had a paid plan may try it; null where it cannot be tried. */
  trialDays: z.number().int().nullable(),
  limits: Limits,
  features: z.array(z.string()),
})
export type Plan = z.infer<typeof Plan>

export const Entitlements = z.object({ planId: PlanId, limits: Limits, features: z.array(Feature) })
export type Entitlements = z.infer<typeof Entitlements>
