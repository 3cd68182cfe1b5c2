import { expect, test } from 'vitest'
import { createCheckout, startEmulator } from './harness.ts'

test('what is due by the account’s clock happens by itself, in the order of time', async () => {
  let now = Date.UTC(2026, 2, 15)
  const { stripe } = await startEmulator({ now: () => now })
  const later = await createCheckout(stripe, { expires_at: now / 1000 + 7200 })
  const sooner = await createCheckout(stripe, { expires_at: now / 1000 + 3600 })
  now += 86_400_000
  const { data } = await stripe.events.list({ type: 'checkout.session.expired' })
  expect(data.map((event) => [(event.data.object as { id: string }).id, event.created])).toEqual([
    [later.session.id, later.session.expires_at],
    [sooner.session.id, sooner.session.expires_at],
  ])
})
