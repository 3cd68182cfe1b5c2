import type { Feature, Interval, Limits, MeterId, Money, Plan, PlanId } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'

export type PaidPlanId = Exclude<PlanId, 'free'>

/** What each plan allows. On a paid one there is a seat for everybody who is there. */
export const limits = {
  free: { members: 5, tasks: 100 },
  pro: { members: null, tasks: 2_000 },
  business: { members: null, tasks: null },
} as const satisfies Record<PlanId, Limits>

export const features: Record<PlanId, Feature[]> = {
  free: [],
  pro: [],
  business: ['metered_usage', 'priority_support'],
}

export const meters: Record<MeterId, { name: string; unit: string }> = {
  tasks: { name: 'Tasks', unit: 'task' },
}

/** What we sell. Stripe gets it from here (`catalogue.ts`); amounts are minor units, of a seat or of a unit that is used. */
export const plans: readonly Plan[] = [
  {
    id: 'free',
    name: 'Free',
    description: 'For trying things out, for as long as you like.',
    perSeat: false,
    prices: [],
    metered: [],
    trialDays: null,
    limits: limits.free,
    features: [
      'Your own workspace',
      `Up to ${limits.free.members} people`,
      `${limits.free.tasks} tasks a month`,
      'In-app notifications',
      'Community support',
    ],
  },
  {
    id: 'pro',
    name: 'Pro',
    description: 'For teams that depend on it.',
    perSeat: true,
    prices: [
      { interval: 'month', price: usd(1200) },
      { interval: 'year', price: usd(12_000) },
    ],
    metered: [],
    trialDays: 14,
    limits: limits.pro,
    features: [
      'A seat for everybody in the team',
      `${limits.pro.tasks.toLocaleString('en')} tasks a month`,
      'Invoices and receipts',
      'E-mail support',
    ],
  },
  {
    id: 'business',
    name: 'Business',
    description: 'For companies with more people and more rules.',
    perSeat: true,
    prices: [
      { interval: 'month', price: usd(2400) },
      { interval: 'year', price: usd(24_000) },
    ],
    metered: [
      { meterId: 'tasks', interval: 'month', included: 5_000, price: usd(2) },
      { meterId: 'tasks', interval: 'year', included: 60_000, price: usd(2) },
    ],
    trialDays: 14,
    limits: limits.business,
    features: [
      'Everything in Pro',
      '5,000 tasks a month, and as many more as you need',
      'Payment by invoice on request',
      'Priority support',
    ],
  },
]

/** A price of the catalogue under the name that it keeps at Stripe when the amount changes: `pro_month`. */
export interface CataloguePrice {
  lookupKey: string
  plan: PaidPlan
  interval: Interval
  /** Of a seat, or of each unit beyond the included ones. */
  price: Money
  /** What is counted, where it is not seats. */
  usage: { meterId: MeterId; included: number } | null
}

export type PaidPlan = Plan & { id: PaidPlanId }

export const cataloguePrices: readonly CataloguePrice[] = plans.filter(isPaid).flatMap((plan) => [
  ...plan.prices.map((price) => ({ ...price, plan, usage: null, lookupKey: `${plan.id}_${price.interval}` })),
  ...plan.metered.map(({ interval, price, ...usage }) => ({
    plan,
    interval,
    price,
    usage,
    lookupKey: `${plan.id}_${usage.meterId}_${interval}`,
  })),
])

/** All that a subscription to a plan is charged for, its seats first; empty where it is not sold that way. */
export function pricesOf(planId: PaidPlanId, interval: Interval): CataloguePrice[] {
  return cataloguePrices.filter((price) => price.plan.id === planId && price.interval === interval)
}

/** What a seat of it costs. */
export function findPrice(planId: PaidPlanId, interval: Interval): CataloguePrice | undefined {
  return pricesOf(planId, interval).find(({ usage }) => usage === null)
}

/** For how long a plan can be tried; null of one that cannot. */
export function trialDaysOf(planId: PlanId): number | null {
  return plans.find(({ id }) => id === planId)?.trialDays ?? null
}

/** A product at Stripe: a plan's seats, or what it charges as it is used, which has a name of its own on invoices. */
export interface CatalogueProduct {
  id: string
  name: string
  description: string
  unit: string
}

/** The one that a price is of. Its prices may come and go, negotiated ones included. */
export function productOf({ plan, usage }: Pick<CataloguePrice, 'plan' | 'usage'>): CatalogueProduct {
  const id = `lightpress_${plan.id}`
  if (!usage) return { id, name: plan.name, description: plan.description, unit: 'seat' }
  const { name, unit } = meters[usage.meterId]
  return {
    id: `${id}_${usage.meterId}`,
    name: `${plan.name}: ${name.toLowerCase()}`,
    description: `${name} that were used.`,
    unit,
  }
}

/** The plan behind a product of Stripe's; undefined for what others sell on the same account. */
export function planOfProduct(product: string): PaidPlanId | undefined {
  return cataloguePrices.find((price) => productOf(price).id === product)?.plan.id
}

/** The name under which what is used is told to Stripe. */
export function eventNameOf(meterId: MeterId): string {
  return `lightpress_${meterId}`
}

function isPaid(plan: Plan): plan is PaidPlan {
  return plan.id !== 'free'
}

function usd(amount: number): Money {
  return money(amount, 'usd')
}
