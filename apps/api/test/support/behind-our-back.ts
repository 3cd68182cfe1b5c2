import type { Stack } from '@lightpress/dev'

type Desk = Pick<Stack, 'stripe'>

/** What is done at Stripe meanwhile is told to nobody. */
export async function unheard(desk: Desk, work: () => Promise<unknown>): Promise<void> {
  const rules = new URL('/_control/chaos', desk.stripe)
  const rule = await answerOf<{ id: string }>(
    fetch(rules, { method: 'POST', headers: json, body: JSON.stringify({ effect: 'drop' }) }),
  )
  try {
    await work()
  } finally {
    await fetch(new URL(`/_control/chaos/${rule.id}`, desk.stripe), { method: 'DELETE' })
  }
}

/** Whatever was never heard of comes after all. */
export async function bringLost(desk: Desk): Promise<void> {
  const lost = new URL('/_control/deliveries?status=failed', desk.stripe)
  const { deliveries } = await answerOf<{ deliveries: { id: string }[] }>(fetch(lost))
  for (const { id } of deliveries)
    await answerOf(fetch(new URL(`/_control/deliveries/${id}/redeliver`, desk.stripe), { method: 'POST' }))
  await answerOf(fetch(new URL('/_control/deliveries/settled', desk.stripe), { method: 'POST' }))
}

/** Changes the one subscription of a customer, as somebody with Stripe's dashboard does. */
export async function changeAtStripe(desk: Desk, customer: string, change: Record<string, string>): Promise<void> {
  const subscriptions = new URL('/v1/subscriptions', desk.stripe)
  subscriptions.searchParams.set('customer', customer)
  const { data } = await answerOf<{ data: { id: string }[] }>(fetch(subscriptions, { headers: key }))
  const url = new URL(`/v1/subscriptions/${data[0]?.id}`, desk.stripe)
  await answerOf(fetch(url, { method: 'POST', headers: key, body: new URLSearchParams(change) }))
}

const key = { authorization: 'Bearer sk_test_lightpress' }
const json = { 'content-type': 'application/json' }

async function answerOf<T>(asked: Promise<Response>): Promise<T> {
  const answer = await asked
  if (!answer.ok) throw new Error(`The stand-in answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
