import { pay } from '../../support/world.ts'
import type { Life } from '../life.ts'
import { takesMoney } from '../oracle.ts'
import { cards } from './cards.ts'
import { press, type Action } from './action.ts'

export const paymentPages: Action[] = [
  {
    name: 'subscribes',
    weight: 10,
    when: ({ subscriptions }) => !subscriptions.some(({ status }) => takesMoney.has(status)),
    async run(life) {
      const { random, client } = life
      const choice = {
        planId: random.pick(['pro', 'pro', 'business'] as const),
        interval: random.pick(['month', 'month', 'month', 'year'] as const),
        seats: random.pick([1, 1, 2, 3, 7]),
        trial: random.chance(0.3),
        ...(random.chance(0.2) && { promotionCode: await newCode(life) }),
      }
      life.tell(`${choice.planId}/${choice.interval}, ${choice.seats} seats${choice.trial ? ', trial' : ''}`)
      const idempotencyKey = `${life.id}-${random.below(1e9)}`
      const options = random.chance(0.5) ? { idempotencyKey } : {}
      const { url } = await press(life, () => client.startCheckout(choice, options))
      life.pages.push(url)
      if (random.chance(0.15)) return life.tell('and leaves the page')
      await payOn(url, life)
    },
  },
  {
    name: 'goes back to a payment page',
    weight: 2,
    when: (_, { pages }) => pages.length > 0,
    run: (life) => payOn(life.random.pick(life.pages), life),
  },
]

/** One that marketing has just made. */
async function newCode({ stripe, random, tell }: Life): Promise<string> {
  const worth = random.pick([{ percent_off: 20 }, { percent_off: 100 }, { amount_off: 700, currency: 'usd' }])
  const lasting = random.pick([
    { duration: 'once' as const },
    { duration: 'repeating' as const, duration_in_months: 2 },
  ])
  const { id } = await stripe.coupons.create({ name: 'Launch', ...worth, ...lasting })
  const code = `LAUNCH${random.below(1e9)}`
  await stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: id } })
  tell('with a promotion code')
  return code
}

async function payOn(url: string, life: Life): Promise<void> {
  const card = life.random.pick([cards.good, cards.good, cards.good, cards.good, cards.empty, cards.declined])
  const { status } = await pay(url, card)
  life.tell(`pays with ${card.slice(-4)}: ${status === 303 ? 'done' : `no (${status})`}`)
  if (life.random.chance(0.2)) await pay(url, card)
}
