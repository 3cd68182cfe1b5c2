import type { Stack } from '@lightpress/dev'

// What happens at the payment provider without anybody of ours: time passes, a card stops working.

/** Moves its time on; comes back when everything that was due has happened, and we were told. */
export async function passDays({ stripe }: Stack, days: number): Promise<void> {
  await ask(
    `${stripe}/_control/clock`,
    { 'content-type': 'application/json' },
    JSON.stringify({ by: days * 86_400, settle: true }),
  )
}

/** From now on the organisation pays with a card that is declined. */
export async function loseCard({ stripe }: Stack, organizationId: string): Promise<void> {
  const { data } = await askStripe<{ data: { id: string; metadata: Record<string, string> }[] }>(
    stripe,
    'customers?limit=100',
  )
  const customer = data.find(({ metadata }) => Object.values(metadata).includes(organizationId))?.id
  if (customer === undefined) throw new TypeError(`${organizationId} is no customer`)
  const card = await askStripe<{ id: string }>(stripe, 'payment_methods/pm_card_chargeCustomerFail/attach', {
    customer,
  })
  await askStripe(stripe, `customers/${customer}`, { 'invoice_settings[default_payment_method]': card.id })
  const { data: running } = await askStripe<{ data: { id: string }[] }>(stripe, `subscriptions?customer=${customer}`)
  for (const { id } of running) await askStripe(stripe, `subscriptions/${id}`, { default_payment_method: card.id })
}

/** Posts what is given, gets otherwise. */
function askStripe<Answer>(stripe: string, path: string, form?: Record<string, string>): Promise<Answer> {
  const headers = { authorization: 'Bearer sk_test_desk' }
  return ask(`${stripe}/v1/${path}`, headers, form && new URLSearchParams(form)) as Promise<Answer>
}

async function ask(url: string, headers: Record<string, string>, body?: string | URLSearchParams): Promise<unknown> {
  const response = await fetch(url, { ...(body !== undefined && { method: 'POST', body }), headers })
  if (!response.ok) throw new TypeError(`${url} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
