import { expect, test } from 'vitest'
import { createPlan } from './harness.ts'
import { day, draft, payer, startBilling } from './invoices-harness.ts'

const hour = 3600

/** What the desk's page of an invoice says of it, and what it says is due. */
async function standing(url: string, invoice: string): Promise<{ says: string; next: string }> {
  const html = await (await fetch(`${url}/invoices/${invoice}`)).text()
  const text = (part = '') =>
    part
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  const [, says] = /<p class="standing">(.*?)<\/p>/s.exec(html) ?? []
  const [, next] = /<section aria-labelledby="what-happens-next">(.*?)<\/section>/s.exec(html) ?? []
  return { says: text(says), next: text(next) }
}

/** A subscription whose first month is paid, and the draft of its second, which this card shall pay. */
async function renewing(card: string | null) {
  const billing = await startBilling()
  const { stripe, pass, url } = billing
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id: subscription } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const [paid] = (await stripe.paymentMethods.list({ customer })).data
  if (card === null) await stripe.paymentMethods.detach(paid?.id ?? '')
  else {
    const { id } = await stripe.paymentMethods.attach(card, { customer })
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
  }
  const renew = () => pass(31 * day)
  const says = async () => {
    const [invoice] = (await stripe.invoices.list({ customer, limit: 1 })).data
    return await standing(url, invoice?.id ?? '')
  }
  return { ...billing, customer, subscription, renew, says }
}

test('a failed renewal says which card was refused and why, when it is tried again, and in the end why it is not', async () => {
  const { stripe, renew, pass, says, subscription } = await renewing('pm_card_chargeCustomerFail')
  await renew()
  expect((await says()).says).toBe('A draft until 15 Feb 2026, 13:00:00. Then Visa …0341 is charged.')
  await pass(hour)
  expect((await says()).says).toBe(
    'Not paid. Last attempt on 15 Feb 2026, 13:00:00: Visa …0341, generic_decline, “Your card was declined.” ' +
      'Next attempt on 18 Feb 2026, 13:00:00 with Visa …0341, 3 attempts left.',
  )
  expect((await says()).next).toMatch(/18 Feb 2026, 13:00:00\s*Payment of \S+ is tried/)
  await pass(8 * day)
  expect((await says()).says).toContain('Next attempt on 2 Mar 2026, 13:00:00 with Visa …0341, 1 attempt left.')
  await pass(7 * day)
  expect((await says()).says).toBe(
    'Not paid. Last attempt on 2 Mar 2026, 13:00:00: Visa …0341, generic_decline, “Your card was declined.” ' +
      `No more attempts by itself: 4 attempts failed, and ${subscription} ended on 2 Mar 2026, 13:00:00.`,
  )
  const [invoice] = (await stripe.invoices.list({ subscription, limit: 1 })).data
  await stripe.invoices.voidInvoice(invoice?.id ?? '')
  expect((await says()).says).toMatch(
    /^Voided on 2 Mar 2026, 13:00:00\. Last attempt .* Nothing is asked for any more\.$/,
  )
})

test.each(['mark_unpaid', 'leave_past_due'] as const)(
  'out of retries, by `%s`, the subscription lives on',
  async (then) => {
    const { url, renew, pass, says, subscription } = await renewing('pm_card_chargeCustomerFail')
    const settings = { method: 'PATCH', headers: { 'content-type': 'application/json' } }
    await fetch(`${url}/_control/settings`, { ...settings, body: JSON.stringify({ retries: { days: [], then } }) })
    await renew()
    await pass(hour)
    const status = then === 'mark_unpaid' ? 'unpaid' : 'past_due'
    expect((await says()).says).toContain(`1 attempt failed, and ${subscription} is ${status}.`)
  },
)

test('attempts without a card only count, and so do those with one that was refused for good', async () => {
  const none = await renewing(null)
  await none.renew()
  expect((await none.says()).says).toContain('Then there is no card to charge.')
  await none.pass(hour)
  expect((await none.says()).says).toContain(
    'There was no card to charge. Without a card the attempts only count (next on 18 Feb 2026',
  )
  const refused = await renewing('pm_card_authenticationRequired')
  await refused.renew()
  await refused.pass(hour)
  expect((await refused.says()).says).toMatch(
    /Visa …3184, authentication_required, “.*” Visa …3184 was refused for good: without another card the attempts only count \(next on 18 Feb 2026, 13:00:00, 3 attempts left\)\.$/,
  )
})

test.each([
  ['void', 'Then it is voided', 'Voided on 15 Feb 2026, 13:00:00'],
  ['mark_uncollectible', 'Then it is written off', 'Written off on 15 Feb 2026, 13:00:00'],
  ['keep_as_draft', 'A draft until somebody finalises it', 'A draft until somebody finalises it'],
] as const)('while collection is paused by `%s` it says so', async (behavior, before, after) => {
  const { stripe, subscription, renew, pass, says } = await renewing('pm_card_visa')
  await stripe.subscriptions.update(subscription, { pause_collection: { behavior } })
  const why = `: collection of ${subscription} is paused.`
  await renew()
  expect((await says()).says).toContain(before + why)
  await pass(hour)
  expect((await says()).says).toContain(after + why)
})

test('what is sent, and what nobody advances, waits for its customer; what is paid says nothing', async () => {
  const { stripe, url, pass } = await startBilling()
  const customer = await payer(stripe)
  const sent = await draft(stripe, customer, { collection_method: 'send_invoice', days_until_due: 7 })
  expect((await standing(url, sent.id)).says).toBe('A draft until somebody finalises it.')
  await stripe.invoices.sendInvoice(sent.id)
  expect((await standing(url, sent.id)).says).toMatch(/^Not paid\. It waits for its customer: it is due on 22 Jan 2026/)
  await pass(8 * day)
  expect((await standing(url, sent.id)).says).toContain('it was due on 22 Jan 2026')

  const quiet = await draft(stripe, customer)
  await stripe.invoices.finalizeInvoice(quiet.id)
  expect((await standing(url, quiet.id)).says).toMatch(/^Not paid\. No more attempts by itself: auto_advance is off/)
  await stripe.invoices.pay(quiet.id)
  expect((await standing(url, quiet.id)).says).toBe('')
})

test('the first payment of a subscription is its customer’s to make', async () => {
  const { stripe, url } = await startBilling()
  const customer = await payer(stripe, 'pm_card_authenticationRequired')
  const { id: price } = await createPlan(stripe)
  const { id, latest_invoice: invoice } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  expect((await standing(url, String(invoice))).says).toBe(
    'Not paid. The bank asks the holder of Visa …3184 to confirm the payment. ' +
      `No more attempts by itself: ${id} is incomplete, and its first payment is its customer’s to make.`,
  )
})
