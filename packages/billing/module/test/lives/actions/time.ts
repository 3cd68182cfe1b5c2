import type Stripe from 'stripe'
import type { Life } from '../life.ts'
import { seatItem } from '../oracle.ts'
import type { Action } from './action.ts'

const DAY = 86_400

export const time: Action[] = [
  passes('hours pass', 3, ({ random }) => (1 + random.below(20)) * 3600),
  passes('days pass', 5, ({ random }) => (1 + random.below(9)) * DAY),
  passes('a month passes', 5, () => 31 * DAY),
  passes('half a year passes', 1, () => 183 * DAY),
  {
    name: 'time passes to the next period',
    weight: 5,
    when: ({ current }) => current !== undefined,
    async run(life, { current, now }) {
      if (!current) return
      await pass(life, Math.max(60, seatItem(current).current_period_end - now + 7200))
    },
  },
  {
    name: 'the period ends, and the card is empty',
    weight: 6,
    when: ({ current }) => current?.status === 'active',
    async run(life, { current, now }) {
      if (!current) return
      const { stripe } = life
      const { id } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
        customer: current.customer as string,
      })
      await stripe.subscriptions.update(current.id, { default_payment_method: id })
      await pass(life, seatItem(current).current_period_end - now + 7200)
    },
  },
  {
    name: 'time passes until a trial is about to end',
    weight: 20,
    when: ({ current, now }) => current?.status === 'trialing' && daysOfTrial(current, now) > 3,
    async run(life, { current, now }) {
      if (current)
        await pass(life, Math.round((daysOfTrial(current, now) - 0.1 - (2.8 * life.random.below(10)) / 10) * DAY))
    },
  },
]

function passes(name: string, weight: number, seconds: (life: Life) => number): Action {
  return { name, weight, when: ({ now }) => now > 0, run: (life) => pass(life, seconds(life)) }
}

async function pass(life: Life, seconds: number): Promise<void> {
  // Nothing takes so long as the time that passes here.
  await life.house.quiet()
  const settle = life.random.chance(0.3)
  life.tell(`${(seconds / DAY).toFixed(1)} days${settle ? ', told of on the way' : ''}`)
  await life.control.clock.moveBy(Math.round(seconds), { settle })
}

/** How many are left of it. */
function daysOfTrial({ trial_end: end }: Stripe.Subscription, now: number): number {
  return ((end ?? 0) - now) / DAY
}
