import { newId, once, organizationOf, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { convergeNow } from './converge.ts'
import { isSubscribed } from './current-subscription.ts'
import { ensureCustomer, lockCustomer } from './customers.ts'
import { findOpenCheckouts, readOver, type Checkout } from './open-checkouts.ts'
import { openSession } from './open-session.ts'
import { findPrice, trialDaysOf } from './plans.ts'
import {
  alreadySubscribed,
  isAlreadySubscribed,
  notForSale,
  organizationClosed,
  promotionCodeInvalid,
  trialNotOffered,
  trialUsed,
} from './refusals.ts'
import { checkout, subscription } from './schema.ts'
import { countMembers } from './seats.ts'
import { findPromotionCode } from './stripe/promotion-codes.ts'

type Choice = Input<Ops['startCheckout']> & { organizationId: string }

/**
 * Leads to Stripe's payment page. First a checkout is written down, then its session is opened under the checkout's
 * own id: pressed twice, sent again or tried again after a lost answer, it is one session.
 */
export async function startCheckout(
  chosen: Input<Ops['startCheckout']>,
  ctx: BillingContext,
): Promise<Output<Ops['startCheckout']>> {
  if (!findPrice(chosen.planId, chosen.interval)) throw notForSale()
  if (chosen.trial && trialDaysOf(chosen.planId) === null) throw trialNotOffered()
  const choice = { organizationId: organizationOf(ctx), ...chosen }
  const customerId = await ensureCustomer(choice.organizationId, ctx)
  const facts = await askFacts(choice, customerId, ctx)
  const write = () =>
    ctx.withTx((tx) =>
      once(tx, { operation: 'startCheckout', input: choice, effect: () => begin(tx, choice, facts) }, ctx),
    )
  const id = await write().catch(async (error: unknown) => {
    if (!isAlreadySubscribed(error)) throw error
    // By what we know; what has ended at Stripe meanwhile keeps nobody from beginning again.
    await convergeNow(choice.organizationId, ctx)
    return write()
  })
  const [row] = await ctx.db.select().from(checkout).where(eq(checkout.id, id))
  if (!row) throw new TypeError(`Checkout ${id} is gone`)
  return { url: row.url ?? (await openSession(row, { customerId }, ctx)) }
}

/** What others are asked before anything is written down. */
interface Facts {
  members: number
  /** Checkouts in which nobody can pay any more. */
  over: string[]
  /** Null when Stripe has no such code for this customer. */
  promotionCodeId: string | null
}

async function askFacts(
  { organizationId, promotionCode }: Choice,
  customerId: string,
  ctx: BillingContext,
): Promise<Facts> {
  const open = await findOpenCheckouts(ctx.db, organizationId)
  const [members, over, promotionCodeId] = await Promise.all([
    countMembers(organizationId, ctx),
    readOver(open, ctx),
    promotionCode === undefined ? null : findPromotionCode({ code: promotionCode, customerId }, ctx),
  ])
  if (members === undefined) throw organizationClosed()
  return { members, over, promotionCodeId }
}

/** Finds the checkout that is open for this choice, or writes down a new one; answers its id. */
async function begin(tx: Tx, choice: Choice, { members, over, promotionCodeId }: Facts): Promise<string> {
  const { organizationId, planId, interval, seats: minimumSeats, trial, promotionCode } = choice
  await lockCustomer(tx, organizationId)
  const [current] = await tx.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  if (current && isSubscribed(current.status)) throw alreadySubscribed()
  if (trial && current && current.status !== 'incomplete') throw trialUsed()
  if (promotionCode !== undefined && promotionCodeId === null) throw promotionCodeInvalid()

  // What the page shows is part of the choice: there is a seat for whoever joined since it was opened.
  const seats = Math.max(members, minimumSeats)
  const terms = { planId, interval, seats, minimumSeats, trial, stripePromotionCodeId: promotionCodeId }
  const [latest] = await findOpenCheckouts(tx, organizationId)
  if (latest && !over.includes(latest.id) && isFor(latest, terms)) return latest.id

  const id = newId()
  const checkAt = sql`now() + interval '1 minute'`
  await tx.insert(checkout).values({ id, organizationId, ...terms, checkAt })
  return id
}

type Terms = Pick<Checkout, 'planId' | 'interval' | 'seats' | 'minimumSeats' | 'trial' | 'stripePromotionCodeId'>

function isFor(open: Checkout, terms: Terms): boolean {
  return (Object.keys(terms) as (keyof Terms)[]).every((name) => open[name] === terms[name])
}
