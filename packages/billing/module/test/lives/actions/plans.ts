import type { Life } from '../life.ts'
import { seatItem, takesMoney, type Truth } from '../oracle.ts'
import { Broken, seatsFor } from '../rules.ts'
import { press, type Action } from './action.ts'

const subscribed = ({ subscriptions }: Truth) => subscriptions.some(({ status }) => takesMoney.has(status))

/** Another plan, with its price looked at first, or not. */
export const plans: Action[] = [
  {
    name: 'looks at another plan and takes it',
    weight: 12,
    when: subscribed,
    async run(life, { current }) {
      // What somebody made of the seats by hand is put right, and charged for, when it is heard of, whatever is chosen.
      if (current && seatItem(current).quantity !== seatsFor(life.members, current)) await life.hear()
      await life.house.quiet()
      const wanted = choose(life)
      const preview = await press(life, () => life.client.previewChange(wanted))
      life.tell(`${preview.effective}, ${preview.dueNow.amount} now`)
      if (life.random.chance(0.2)) {
        const seconds = life.random.pick([60, 1800, 5000])
        await life.control.clock.moveBy(seconds)
        life.tell(`thinks about it for ${seconds} s`)
      }
      // Nobody else is to be charged meanwhile: what is charged from here on is for this.
      await life.house.quiet()
      const before = await chargedTo(life)
      const confirmed = { at: preview.at, dueNow: preview.dueNow }
      const expected = await press(life, () => life.client.changeSubscription({ ...wanted, confirmed })).then(
        () => preview.dueNow.amount,
        (error: unknown) => {
          life.refused(error)
          return 0
        },
      )
      const charged = (await chargedTo(life)) - before
      if (charged !== expected) throw new Broken(`${expected} was confirmed and ${charged} was charged`)
    },
  },
  {
    name: 'takes another plan',
    weight: 4,
    when: subscribed,
    async run(life) {
      const wanted = choose(life)
      const options = life.random.chance(0.5) ? { idempotencyKey: `${life.id}-${life.random.below(1e9)}` } : {}
      await press(life, () => life.client.changeSubscription(wanted, options))
    },
  },
  {
    name: 'cancels',
    weight: 4,
    when: subscribed,
    run: async (life) => void (await press(life, () => life.client.cancelSubscription())),
  },
  {
    name: 'resumes',
    weight: 4,
    when: (truth) => truth.subscription?.cancelAtPeriodEnd === true || truth.subscription?.scheduled != null,
    run: async (life) => void (await press(life, () => life.client.resumeSubscription())),
  },
]

function choose({ random, tell }: Life) {
  const planId = random.pick(['pro', 'business'] as const)
  const interval = random.pick(['month', 'month', 'year'] as const)
  const seats = random.chance(0.4) ? 1 + random.below(8) : undefined
  tell(`${planId}/${interval}${seats === undefined ? '' : `, ${seats} seats`}`)
  return { planId, interval, ...(seats !== undefined && { seats }) }
}

/** Minor units of all that was ever taken, and not given back at once. */
async function chargedTo({ stripe, customerId }: Life): Promise<number> {
  const customer = await customerId()
  if (customer === undefined) return 0
  const charges = await stripe.charges.list({ customer, limit: 100 }).autoPagingToArray({ limit: 10_000 })
  return charges.reduce((sum, { amount_captured: amount, status }) => sum + (status === 'succeeded' ? amount : 0), 0)
}
