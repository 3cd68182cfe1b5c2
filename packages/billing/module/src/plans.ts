import type { Interval, Limits, Money, Plan, PlanId } from '@lightpress/billing-contract'

export type PaidPlanId = Exclude<PlanId, 'free'>

/** What each plan allows. On a paid one there is a seat for everybody who is there. */
export const limits = {
  free: { members: 5 },
  pro: { members: null },
  business: { members: null },
} as const satisfies Record<PlanId, Limits>

/** What we sell. Stripe gets it from here (`catalogue.ts`); amounts are minor units for one seat. */
export const plans: readonly Plan[] = [
  {
    id: 'free',
    name: 'Free',
    description: 'For trying things out, for as long as you like.',
    perSeat: false,
    prices: [],
    features: [
      'Your own workspace',
      `Up to ${limits.free.members} people`,
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
    features: ['A seat for everybody in the team', 'Invoices and receipts', 'E-mail support'],
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
    features: ['Everything in Pro', 'Payment by invoice on request', 'Priority support'],
  },
]

/** A price of the catalogue under the name that it keeps at Stripe when the amount changes: `pro_month`. */
export interface CataloguePrice {
  lookupKey: string
  plan: Plan & { id: PaidPlanId }
  interval: Interval
  price: Money
}

export const cataloguePrices: readonly CataloguePrice[] = plans
  .filter(isPaid)
  .flatMap((plan) => plan.prices.map((price) => ({ ...price, plan, lookupKey: `${plan.id}_${price.interval}` })))

export function findPrice(planId: PaidPlanId, interval: Interval): CataloguePrice | undefined {
  return cataloguePrices.find((price) => price.plan.id === planId && price.interval === interval)
}

/** The product that stands for a plan at Stripe. Its prices may come and go, negotiated ones included. */
export function productOf(planId: PaidPlanId): string {
  return `lightpress_${planId}`
}

/** The plan behind a product of Stripe's; undefined for what others sell on the same account. */
export function planOfProduct(product: string): PaidPlanId | undefined {
  return plans.filter(isPaid).find(({ id }) => productOf(id) === product)?.id
}

function isPaid(plan: Plan): plan is Plan & { id: PaidPlanId } {
  return plan.id !== 'free'
}

function usd(amount: number): Money {
  return { amount, currency: 'usd' }
}
