import { expect, test } from 'vitest'
import { answerBank, createCode, html, textOf } from './checkout-harness.ts'
import { createCheckout, pay, startEmulator, submit } from './harness.ts'

// https://docs.stripe.com/testing#three-ds-cards
const asks = '4000 0027 6000 3184'
const asksThenDeclines = '4000 0084 0000 1629'
const failed = 'We are unable to authenticate your payment method.'

async function openAtBank(params: Parameters<typeof createCheckout>[1] = {}, cardNumber = asks) {
  const emulator = await startEmulator()
  const checkout = await createCheckout(emulator.stripe, params)
  const { status, location } = await pay(checkout.page, { cardNumber })
  expect(status).toBe(303)
  const retrieve = () => emulator.stripe.checkout.sessions.retrieve(checkout.session.id, { expand: ['subscription'] })
  return { ...emulator, ...checkout, bank: new URL(location ?? '', emulator.url).href, retrieve }
}

test('the bank asks the holder, and on their yes the subscription begins and they are back at the shop', async () => {
  const { stripe, session, bank, retrieve } = await openAtBank()
  expect(bank).toContain('/3ds/pi_')
  expect(await retrieve()).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    subscription: null,
    customer: null,
  })
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
  expect((await stripe.invoices.list()).data).toEqual([])
  expect(await answerBank(bank, 'complete')).toBe(`http://shop.test/done?session=${session.id}`)
  expect(await retrieve()).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    customer_details: { email: 'ada@example.com' },
    subscription: { status: 'active', default_payment_method: expect.stringMatching(/^pm_/) as string },
  })
  expect((await stripe.charges.list()).data).toMatchObject([
    { paid: true, customer: expect.stringMatching(/^cus_/) as string },
  ])
})

test('on their no the page says so, and another card pays the same payment', async () => {
  const { stripe, page, bank, retrieve } = await openAtBank()
  const back = await answerBank(bank, 'fail')
  expect(back).toBe(new URL(page).pathname)
  expect(textOf(await html(page))).toContain(failed)
  expect(await retrieve()).toMatchObject({ status: 'open', payment_status: 'unpaid' })
  expect((await pay(page)).status).toBe(303)
  expect((await stripe.paymentIntents.list()).data).toMatchObject([{ status: 'succeeded' }])
  expect((await stripe.customers.list()).data).toHaveLength(1)
  expect(await retrieve()).toMatchObject({ status: 'complete', subscription: { status: 'active' } })
})

test('who closes the tab at the bank comes back later, and goes on there or pays with another card', async () => {
  const { stripe, url, page, bank, retrieve } = await openAtBank()
  const shown = await html(page)
  expect(textOf(shown)).toContain('Your bank still waits for your confirmation.')
  expect(shown).toContain(`href="${bank.slice(url.length)}"`)
  expect((await pay(page)).status).toBe(303)
  expect(await retrieve()).toMatchObject({ status: 'complete', payment_status: 'paid' })
  // The bank's page of the first card has nothing to ask any more.
  expect((await submit(bank, { answer: 'complete' })).status).toBe(303)
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('who confirms and never comes back has the subscription all the same', async () => {
  const { page, bank, retrieve } = await openAtBank()
  await submit(bank, { answer: 'complete' })
  expect(await retrieve()).toMatchObject({ status: 'complete', subscription: { status: 'active' } })
  expect(textOf(await html(page))).toContain('You have already paid')
})

test('the bank may decline after the holder has confirmed', async () => {
  const { stripe, page, bank } = await openAtBank({}, asksThenDeclines)
  await answerBank(bank, 'complete')
  expect(textOf(await html(page))).toContain('Your card was declined.')
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
})

test('a trial takes no money, but the bank is asked whether the card may be kept', async () => {
  const { stripe, bank, retrieve } = await openAtBank({ subscription_data: { trial_period_days: 7 } })
  expect(bank).toContain('/3ds/seti_')
  await answerBank(bank, 'complete')
  expect(await retrieve()).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    subscription: { status: 'trialing', default_payment_method: expect.stringMatching(/^pm_/) as string },
  })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
})

test('a card that is declined for a trial is not kept', async () => {
  const { stripe } = await startEmulator()
  const { page } = await createCheckout(stripe, { subscription_data: { trial_period_days: 7 } })
  const { status, html: shown } = await pay(page, { cardNumber: '4000 0000 0000 0002' })
  expect(status).toBe(402)
  expect(textOf(shown)).toContain('Your card was declined.')
  expect((await stripe.events.list({ type: 'setup_intent.setup_failed' })).data).toHaveLength(1)
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
})

test('two presses of the button at once make one subscription', async () => {
  const { stripe } = await startEmulator()
  const { page } = await createCheckout(stripe)
  const answers = await Promise.all([pay(page), pay(page), pay(page)])
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toHaveLength(1)
  expect((await stripe.customers.list()).data).toHaveLength(1)
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a session that is completed in another tab takes nothing more', async () => {
  const { stripe, page, bank } = await openAtBank()
  await submit(bank, { answer: 'complete' })
  expect(textOf((await pay(page)).html)).toContain('You have already paid')
  expect(textOf((await submit(page, { action: 'update' })).html)).toContain('You have already paid')
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a session that expires while the holder is at the bank takes no money', async () => {
  const { stripe, session, bank, retrieve } = await openAtBank()
  await stripe.checkout.sessions.expire(session.id)
  expect((await stripe.paymentIntents.list()).data).toMatchObject([
    { status: 'canceled', cancellation_reason: 'expired' },
  ])
  await submit(bank, { answer: 'complete' })
  expect(await retrieve()).toMatchObject({ status: 'expired', subscription: null })
  expect((await stripe.charges.list()).data).toEqual([])
  expect((await stripe.events.list()).data.map(({ type }) => type).slice(0, 2)).toEqual([
    'checkout.session.expired',
    'payment_intent.canceled',
  ])
})

test('a code for first orders is redeemed by the payment that the bank had to confirm', async () => {
  const emulator = await startEmulator()
  const { stripe } = emulator
  const restrictions = { first_time_transaction: true, minimum_amount: 1000, minimum_amount_currency: 'usd' }
  await createCode(stripe, { percent_off: 50, duration: 'once' }, { restrictions })
  const { session, page } = await createCheckout(stripe, { allow_promotion_codes: true })
  await submit(page, { action: 'apply', promotionCode: 'SAVE' })
  const { location } = await pay(page, { cardNumber: asks })
  await answerBank(new URL(location ?? '', emulator.url).href, 'complete')
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })).toMatchObject({
    status: 'complete',
    invoice: { amount_paid: 1200 },
  })
})

test('a card is set up with confirmation in setup mode', async () => {
  const emulator = await startEmulator()
  const { stripe } = emulator
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    customer: customer.id,
    success_url: 'http://shop.test/done',
  })
  const { location } = await pay(session.url ?? '', { cardNumber: asks })
  expect(await answerBank(new URL(location ?? '', emulator.url).href, 'complete')).toBe('http://shop.test/done')
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1)
})

test('a coupon whose last redemption went to somebody else meanwhile: the payment is given back', async () => {
  const emulator = await startEmulator()
  const { stripe } = emulator
  await createCode(stripe, { percent_off: 50, duration: 'once', max_redemptions: 1 })
  const open = async () => {
    const checkout = await createCheckout(stripe, { allow_promotion_codes: true })
    await submit(checkout.page, { action: 'apply', promotionCode: 'SAVE' })
    return checkout
  }
  const [slow, quick] = [await open(), await open()]
  const { location } = await pay(slow.page, { cardNumber: asks })
  expect((await pay(quick.page)).status).toBe(303)
  await answerBank(new URL(location ?? '', emulator.url).href, 'complete')
  expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 1200, status: 'succeeded' }])
  expect(await stripe.checkout.sessions.retrieve(slow.session.id)).toMatchObject({ status: 'open', subscription: null })
  const shown = textOf(await html(slow.page))
  expect(shown).toContain('Your discount is not available any more')
  expect(shown).toContain('Subscribe and pay $24.00')
  // As the page has said.
  expect((await pay(slow.page, { total: '2400' })).status).toBe(303)
  expect((await stripe.subscriptions.list({})).data).toHaveLength(2)
})
