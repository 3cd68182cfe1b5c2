import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { startEmulator } from './harness.ts'
import { answerBank, customerWith } from './payments-harness.ts'
import { createRandom, seed } from './random.ts'

const cards = [
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_authenticationRequiredOnSetup',
  'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
  'pm_card_threeDSecure2Required',
]

test(`nobody is charged twice, and the sums agree, whatever happens (seed ${seed})`, async () => {
  const { stripe } = await startEmulator()
  const { customer } = await customerWith(stripe)
  const { below, pick } = createRandom(seed)
  const intents: string[] = []
  const counted = { confirmed: 0, refunded: 0, answered: 0, refused: 0 }

  for (let step = 0; step < 250; step++) {
    const id = intents[below(intents.length)]
    try {
      if (id === undefined || below(8) === 0) intents.push(await begin())
      else await act(id)
    } catch (error) {
      // Stripe says no to much of this, but it never breaks.
      if (!(error instanceof Stripe.errors.StripeError) || (error.statusCode ?? 500) >= 500) throw error
      counted.refused++
    }
    if (id !== undefined) await check(id)
  }
  for (const id of intents) await check(id)
  // Whatever never came about was not tried.
  expect(Object.entries(counted).filter(([, count]) => count === 0)).toEqual([])

  async function begin(): Promise<string> {
    const amount = 50 + below(5000)
    const whose = pick([{}, { customer }])
    return (await stripe.paymentIntents.create({ amount, currency: pick(['usd', 'jpy']), ...whose })).id
  }

  async function act(id: string): Promise<void> {
    const actions = [confirm, confirm, answer, answer, refund, refund, change, cancel] as const
    await pick(actions)(id)
  }

  async function confirm(id: string): Promise<void> {
    const done = await stripe.paymentIntents.confirm(id, {
      payment_method: pick(cards),
      off_session: below(2) === 0,
      error_on_requires_action: below(5) === 0,
    })
    if (done.status === 'succeeded') counted.confirmed++
  }

  async function answer(): Promise<void> {
    const { data } = await stripe.paymentIntents.list({ limit: 100 })
    const waiting = data.filter(({ status }) => status === 'requires_action')
    const asked = waiting[below(waiting.length)]
    if (!asked) return
    // Impatient holders press more than once.
    await Promise.all([answerBank(asked, pick(['complete', 'fail'])), answerBank(asked, 'complete')])
    counted.answered++
  }

  async function refund(id: string): Promise<void> {
    const part = below(3) === 0 ? {} : { amount: 1 + below(3000) }
    const attempts = [1, 2].map(() => stripe.refunds.create({ payment_intent: id, ...part }))
    const results = await Promise.allSettled(attempts)
    counted.refunded += results.filter(({ status }) => status === 'fulfilled').length
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  async function change(id: string): Promise<void> {
    await stripe.paymentIntents.update(id, { amount: 50 + below(5000) })
  }

  async function cancel(id: string): Promise<void> {
    if (below(4) === 0) await stripe.paymentIntents.cancel(id)
  }

  async function check(id: string): Promise<void> {
    const intent = await stripe.paymentIntents.retrieve(id)
    const charges = (await stripe.charges.list({ payment_intent: id, limit: 100 })).data
    const taken = charges.filter(({ status }) => status === 'succeeded')
    expect(taken.length).toBe(intent.status === 'succeeded' ? 1 : 0)
    expect(intent.amount_received).toBe(taken.reduce((sum, { amount_captured: amount }) => sum + amount, 0))
    if (intent.status === 'succeeded') expect(intent.amount_received).toBe(intent.amount)
    for (const charge of charges) {
      const refunds = (await stripe.refunds.list({ charge: charge.id, limit: 100 })).data
      expect(charge.amount_refunded).toBe(refunds.reduce((sum, { amount }) => sum + amount, 0))
      expect(charge.amount_refunded).toBeLessThanOrEqual(charge.amount_captured)
      expect(charge.refunded).toBe(charge.paid && charge.amount_refunded === charge.amount_captured)
    }
  }
})
