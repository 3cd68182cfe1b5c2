import { expect, test } from 'vitest'
import { errorOf, pay, submit } from './harness.ts'
import { draft, payer, startBilling } from './invoices-harness.ts'
import { bankPage } from './payments-harness.ts'

// https://docs.stripe.com/api/customers/delete: it "prevents any further operations".

test('an invoice of somebody who was deleted is neither finalised nor paid, but can be written off', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe, 'pm_card_chargeCustomerFail')
  const { id: drafted } = await draft(stripe, customer)
  const { id: open } = await draft(stripe, customer)
  await stripe.invoices.finalizeInvoice(open)
  await stripe.customers.del(customer)
  for (const call of [
    () => stripe.invoices.finalizeInvoice(drafted),
    () => stripe.invoices.sendInvoice(drafted),
    () => stripe.invoices.pay(drafted, { paid_out_of_band: true }),
    () => stripe.invoices.pay(open),
    () => stripe.invoices.pay(open, { paid_out_of_band: true }),
  ]) {
    expect(await errorOf(call())).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' })
  }
  expect(await stripe.invoices.markUncollectible(open)).toMatchObject({ status: 'uncollectible' })
  expect(await stripe.invoices.voidInvoice(open)).toMatchObject({ status: 'void' })
})

test('the page of their invoice asks for no payment and takes none', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id } = await draft(stripe, customer)
  const { hosted_invoice_url: page } = await stripe.invoices.finalizeInvoice(id)
  const read = async () => (await fetch(page ?? '')).text()
  expect(await read()).toContain('Pay this invoice')
  await stripe.customers.del(customer)
  expect(await read()).not.toContain('Pay this invoice')
  expect(await pay(page ?? '')).toMatchObject({ status: 303 })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', amount_paid: 0 })
})

test('a payment or a card that waited for them is not confirmed any more, by nobody', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe, 'pm_card_authenticationRequired')
  const card = {
    customer,
    payment_method: 'pm_card_authenticationRequired',
    return_url: 'http://shop.test/',
    confirm: true,
  }
  const payment = await stripe.paymentIntents.create({ ...card, amount: 2000, currency: 'usd' })
  const setup = await stripe.setupIntents.create(card)
  await stripe.customers.del(customer)
  for (const intent of [payment, setup]) {
    const page = bankPage(intent)
    expect((await fetch(page)).status).toBe(404)
    expect((await submit(page, { answer: 'complete' })).status).toBe(404)
  }
  const again = { payment_method: 'pm_card_visa' }
  expect(await errorOf(stripe.paymentIntents.confirm(payment.id, again))).toMatchObject({ param: 'customer' })
  expect(await errorOf(stripe.setupIntents.confirm(setup.id, again))).toMatchObject({ param: 'customer' })
  expect(await stripe.paymentIntents.retrieve(payment.id)).toMatchObject({ status: 'requires_action' })
  expect(await stripe.setupIntents.retrieve(setup.id)).toMatchObject({ status: 'requires_action' })
})
