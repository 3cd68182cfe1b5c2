import { expect, test } from 'vitest'
import { submit } from './harness.ts'
import { draft, payer, startBilling } from './invoices-harness.ts'
import { answerBank } from './payments-harness.ts'

const card = { cardNumber: '4242 4242 4242 4242', cardExpiry: '12 / 40', cardCvc: '123', name: 'Ada Lovelace' }

async function openInvoice() {
  const billing = await startBilling()
  const { stripe } = billing
  const customer = await payer(stripe)
  await stripe.customers.update(customer, {
    name: 'Łódź & Sons',
    address: { line1: 'Long Street 1', city: 'Łódź', postal_code: '90-001', country: 'PL' },
  })
  await stripe.customers.createBalanceTransaction(customer, { amount: -250, currency: 'usd' })
  const coupon = await stripe.coupons.create({ name: 'Summer', percent_off: 10, duration: 'once' })
  const { id } = await draft(stripe, customer, {
    amount: 2000,
    description: 'Thank you <for> coming',
    discounts: [{ coupon: coupon.id }],
    footer: 'Registered in Łódź',
  })
  const invoice = await stripe.invoices.finalizeInvoice(id)
  const page = invoice.hosted_invoice_url ?? ''
  return { ...billing, customer, invoice, page, html: async () => await (await fetch(page)).text() }
}

test('the page says all that there is to say', async () => {
  const { html, invoice } = await openInvoice()
  const page = await html()
  for (const shown of [
    `Invoice ${invoice.number ?? ''}`,
    'Open',
    '$15.50',
    'Łódź &#38; Sons',
    '90-001 Łódź',
    'Work',
    'Subtotal',
    '$20.00',
    'Summer (10% off)',
    '-$2.00',
    'Applied balance',
    '-$2.50',
    'Thank you &#60;for&#62; coming',
    'Registered in Łódź',
    `/i/${invoice.id}/pdf`,
    'Pay $15.50',
  ]) {
    expect(page).toContain(shown)
  }
})

test('a person pays it with a card, and then there is nothing left to pay', async () => {
  const { html, invoice, page, stripe } = await openInvoice()
  const { location, status } = await submit(page, card)
  expect({ location, status }).toEqual({ location: `/i/${invoice.id}`, status: 303 })
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ amount_paid: 1550, status: 'paid' })
  const paid = await html()
  expect(paid).toContain('Paid')
  expect(paid).not.toContain('cardNumber')
  expect(await submit(page, card)).toMatchObject({ status: 303 })
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('what is wrong with a card is said beside its field, and a decline above the form', async () => {
  const { invoice, page, stripe } = await openInvoice()
  const mistyped = await submit(page, { ...card, cardNumber: '4242', cardCvc: '1' })
  expect(mistyped.status).toBe(422)
  for (const said of ['This card number is not valid.', 'Enter 3 or 4 digits.', 'value="4242"']) {
    expect(mistyped.html).toContain(said)
  }
  const declined = await submit(page, { ...card, cardNumber: '4000 0000 0000 9995' })
  expect(declined).toMatchObject({ status: 402 })
  expect(declined.html).toContain('Your card has insufficient funds.')
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ attempt_count: 1, status: 'open' })
})

test.each([
  ['complete', 'paid', 'paid on'],
  ['fail', 'open', 'failed authentication'],
] as const)('the bank asks, the person answers (%s), and the invoice is %s', async (answer, status, said) => {
  const { invoice, page, stripe, html, url } = await openInvoice()
  const { location, status: code } = await submit(page, { ...card, cardNumber: '4000 0027 6000 3184' })
  expect(code).toBe(303)
  expect(location).toMatch(new RegExp(`^/3ds/pi_[^?]+\\?return=/i/${invoice.id}$`))
  expect(await html()).toContain('Your bank waits for your confirmation.')
  const back = await answerBank({ next_action: { redirect_to_url: { url: `${url}${location ?? ''}` } } }, answer)
  expect(back.location).toBe(`/i/${invoice.id}`)
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status })
  expect(await html()).toContain(said)
})

test('the PDF is an A4 document of its own name, on as many pages as it takes', async () => {
  const { invoice, stripe, customer } = await openInvoice()
  const answer = await fetch(invoice.invoice_pdf ?? '')
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toBe(`inline; filename="Invoice-${invoice.number ?? ''}.pdf"`)
  const pdf = await answer.text()
  expect(pdf.startsWith('%PDF-')).toBe(true)
  expect(pdf).toContain(`(Invoice ${invoice.number ?? ''})`)
  expect(pdf.match(/\/MediaBox \[0 0 595\.28 841\.89\]/g)).toHaveLength(1)

  for (let line = 1; line <= 60; line += 1) {
    await stripe.invoiceItems.create({ customer, amount: line, currency: 'usd', description: `Line ${line}` })
  }
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  const long = await stripe.invoices.finalizeInvoice(id)
  const pages = (await (await fetch(long.invoice_pdf ?? '')).text()).match(/\/Type \/Page\b/g)
  expect(pages).toHaveLength(3)
})
