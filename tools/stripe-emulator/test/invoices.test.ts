import { expect, test } from 'vitest'
import { errorOf } from './harness.ts'
import { day, draft, payer, start, startBilling } from './invoices-harness.ts'

// https://docs.stripe.com/invoicing/integration/workflow-transitions
test('a draft is finalised and paid, in the order that Stripe documents', async () => {
  const { stripe, eventsOf, url } = await startBilling()
  const customer = await payer(stripe)
  const invoice = await draft(stripe, customer)
  expect(invoice).toMatchObject({
    amount_due: 1000,
    auto_advance: false,
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    hosted_invoice_url: null,
    invoice_pdf: null,
    number: null,
    status: 'draft',
    total: 1000,
  })
  expect(await eventsOf(() => stripe.invoices.finalizeInvoice(invoice.id))).toEqual([
    'payment_intent.created',
    'invoice.finalized',
  ])
  const open = await stripe.invoices.retrieve(invoice.id, { expand: ['payments', 'confirmation_secret'] })
  expect(open).toMatchObject({
    effective_at: start,
    ending_balance: 0,
    hosted_invoice_url: `${url}/i/${invoice.id}`,
    invoice_pdf: `${url}/i/${invoice.id}/pdf`,
    status: 'open',
    status_transitions: { finalized_at: start, paid_at: null },
  })
  expect(open.number).toMatch(/^[A-Z0-9]{8}-0001$/)
  expect(open.payments?.data).toMatchObject([{ status: 'open', amount_requested: 1000, amount_paid: null }])
  const intent = await stripe.paymentIntents.retrieve(String(open.payments?.data[0]?.payment.payment_intent))
  expect(open.confirmation_secret).toEqual({ client_secret: intent.client_secret, type: 'payment_intent' })

  expect(await eventsOf(() => stripe.invoices.pay(invoice.id))).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
  ])
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    amount_paid: 1000,
    amount_remaining: 0,
    attempt_count: 1,
    attempted: true,
    status: 'paid',
  })
  expect((await errorOf(stripe.invoices.pay(invoice.id))).message).toBe('Invoice is already paid')
})

test('each customer counts their own invoices', async () => {
  const { stripe } = await startBilling()
  const [one, other] = [await payer(stripe), await payer(stripe)]
  const numbers = []
  for (const customer of [one, one, other]) {
    const { id } = await draft(stripe, customer)
    numbers.push((await stripe.invoices.finalizeInvoice(id)).number?.slice(-4))
  }
  expect(numbers).toEqual(['0001', '0002', '0001'])
})

test('only drafts are deleted, and what they had taken up waits again', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const invoice = await draft(stripe, customer)
  expect(await stripe.invoices.del(invoice.id)).toEqual({ id: invoice.id, object: 'invoice', deleted: true })
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(1)
  const again = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  await stripe.invoices.finalizeInvoice(again.id)
  expect((await errorOf(stripe.invoices.del(again.id))).message).toBe('You can only delete draft invoices.')
})

// https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
test('with auto_advance a draft is finalised and charged an hour later', async () => {
  const { stripe, pass, now } = await startBilling()
  const invoice = await draft(stripe, await payer(stripe), { auto_advance: true })
  expect(invoice).toMatchObject({ automatically_finalizes_at: now() + 3600, next_payment_attempt: now() + 3600 })
  await pass(3599)
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'draft' })
  await pass(1)
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { finalized_at: start + 3600, paid_at: start + 3600 },
  })
})

test('what was finalised by hand with auto_advance is charged an hour after that', async () => {
  const { stripe, pass, now } = await startBilling()
  const { id } = await draft(stripe, await payer(stripe))
  const open = await stripe.invoices.finalizeInvoice(id, { auto_advance: true })
  expect(open).toMatchObject({ status: 'open', next_payment_attempt: now() + 3600 })
  await pass(3600)
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', attempt_count: 1 })
})

// https://docs.stripe.com/billing/customer/balance
test.each([
  // total, balance before → due, balance after, ledger
  [1000, -300, 700, 0, [['applied_to_invoice', 300]]],
  [1000, -1500, 0, -500, [['applied_to_invoice', 1000]]],
  [1000, 200, 1200, 0, [['applied_to_invoice', -200]]],
  [-400, 0, 0, -400, [['applied_to_invoice', -400]]],
  [-400, 1000, 600, 0, [['applied_to_invoice', -1000]]],
  [30, 0, 0, 30, [['invoice_too_small', 30]]],
  [
    100,
    -70,
    0,
    30,
    [
      ['applied_to_invoice', 70],
      ['invoice_too_small', 30],
    ],
  ],
  [30, 30, 60, 0, [['applied_to_invoice', -30]]],
])('a total of %d and a balance of %d ask for %d and leave %d', async (amount, balance, due, after, ledger) => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  if (balance !== 0) await stripe.customers.createBalanceTransaction(customer, { amount: balance, currency: 'usd' })
  const { id } = await draft(stripe, customer, { amount })
  const final = await stripe.invoices.finalizeInvoice(id)
  expect(final).toMatchObject({
    amount_due: due,
    amount_remaining: due,
    ending_balance: after,
    starting_balance: balance,
    status: due === 0 ? 'paid' : 'open',
    total: amount,
  })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: after })
  const { data } = await stripe.customers.listBalanceTransactions(customer)
  const moved = data.filter(({ invoice }) => invoice === id).map(({ type, amount: by }) => [type, by])
  expect(moved.reverse()).toEqual(ledger)
})

// https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices
test('a void invoice gives back the balance that it took, and its payment is cancelled', async () => {
  const { stripe, eventsOf } = await startBilling()
  const customer = await payer(stripe)
  await stripe.customers.createBalanceTransaction(customer, { amount: -300, currency: 'usd' })
  const { id } = await draft(stripe, customer)
  await stripe.invoices.finalizeInvoice(id)
  const events = await eventsOf(() => stripe.invoices.voidInvoice(id))
  expect(events).toEqual(['invoice.updated', 'payment_intent.canceled', 'invoice.voided', 'customer.updated'])
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 })
  const [payment] = (await stripe.invoicePayments.list({ invoice: id })).data
  expect(payment).toMatchObject({ status: 'canceled', status_transitions: { canceled_at: start } })
  expect(await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent))).toMatchObject({
    cancellation_reason: 'void_invoice',
    status: 'canceled',
  })
  expect((await errorOf(stripe.invoices.pay(id))).message).toContain('void')
})

test('an uncollectible invoice can be paid still, or voided', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const ids = []
  for (const amount of [1000, 2000]) {
    const { id } = await draft(stripe, customer, { amount })
    await stripe.invoices.finalizeInvoice(id)
    expect(await stripe.invoices.markUncollectible(id)).toMatchObject({
      auto_advance: false,
      status: 'uncollectible',
      status_transitions: { marked_uncollectible_at: start },
    })
    ids.push(id)
  }
  expect(await stripe.invoices.pay(ids[0] ?? '')).toMatchObject({ status: 'paid' })
  expect(await stripe.invoices.voidInvoice(ids[1] ?? '')).toMatchObject({ status: 'void' })
})

test('what was paid elsewhere is not charged', async () => {
  const { stripe, eventsOf } = await startBilling()
  const { id } = await draft(stripe, await payer(stripe))
  await stripe.invoices.finalizeInvoice(id)
  const events = await eventsOf(() => stripe.invoices.pay(id, { paid_out_of_band: true }))
  expect(events).toEqual(['payment_intent.canceled', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded'])
  expect(await stripe.invoices.retrieve(id)).toMatchObject({
    amount_paid: 1000,
    amount_paid_off_stripe: 1000,
    attempt_count: 0,
    status: 'paid',
  })
  expect((await stripe.charges.list()).data).toEqual([])
})

test('a decline at pay answers 402 and leaves the invoice open', async () => {
  const { stripe, eventsOf } = await startBilling()
  const customer = await payer(stripe, 'pm_card_chargeCustomerFail')
  const { id } = await draft(stripe, customer)
  const events = await eventsOf(async () => {
    expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({
      code: 'card_declined',
      decline_code: 'generic_decline',
      statusCode: 402,
      type: 'StripeCardError',
    })
  })
  expect(events).toEqual([
    'payment_intent.created',
    'invoice.finalized',
    'charge.failed',
    'payment_intent.payment_failed',
    'invoice.payment_failed',
    'invoice.updated',
    'customer.updated',
  ])
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ attempt_count: 1, attempted: true, status: 'open' })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: true })
  const { id: good } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  expect(await stripe.invoices.pay(id, { payment_method: good })).toMatchObject({ status: 'paid', attempt_count: 1 })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: false })
})

test('a payment that the customer confirms pays the invoice, and one that is cancelled voids it', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const intents = []
  const ids = []
  for (const amount of [1000, 2000]) {
    const { id } = await draft(stripe, customer, { amount })
    await stripe.invoices.finalizeInvoice(id)
    const { data } = await stripe.invoicePayments.list({ invoice: id, status: 'open' })
    intents.push(String(data[0]?.payment.payment_intent))
    ids.push(id)
  }
  await stripe.paymentIntents.confirm(intents[0] ?? '', { payment_method: 'pm_card_visa' })
  expect(await stripe.invoices.retrieve(ids[0] ?? '')).toMatchObject({ status: 'paid', amount_paid: 1000 })
  await stripe.paymentIntents.cancel(intents[1] ?? '')
  expect(await stripe.invoices.retrieve(ids[1] ?? '')).toMatchObject({ status: 'void' })
})

test('a discount on a line comes before the invoice’s, and the subtotal has it in it', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const half = await stripe.coupons.create({ percent_off: 50, duration: 'once' })
  const ten = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  await stripe.invoiceItems.create({ customer, amount: 2000, currency: 'usd', discounts: [{ coupon: half.id }] })
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: 'usd' })
  const invoice = await stripe.invoices.create({
    customer,
    discounts: [{ coupon: ten.id }],
    pending_invoice_items_behavior: 'include',
  })
  // 2000 − 50 % = 1000, and 10 % of the 2000 that are left.
  expect(invoice).toMatchObject({ subtotal: 2000, total: 1800 })
  expect(invoice.total_discount_amounts?.map(({ amount }) => amount).sort()).toEqual([1000, 200])
  expect(invoice.lines.data.map(({ discount_amounts: taken }) => taken?.map(({ amount }) => amount))).toEqual([
    [100],
    [1000, 100],
  ])
})

test('a zero-decimal currency is charged as it is written', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'jpy', description: '仕事' })
  const { id } = await stripe.invoices.create({ customer, currency: 'jpy', pending_invoice_items_behavior: 'include' })
  expect(await stripe.invoices.pay(id)).toMatchObject({ amount_paid: 500, currency: 'jpy', status: 'paid' })
  expect((await stripe.charges.list()).data).toMatchObject([{ amount: 500, currency: 'jpy' }])
})

test('a draft changes, and what is final does not but for its advancement', async () => {
  const { stripe, now } = await startBilling()
  const invoice = await draft(stripe, await payer(stripe))
  const sent = await stripe.invoices.update(invoice.id, {
    collection_method: 'send_invoice',
    days_until_due: 14,
    description: 'Thank you',
    footer: 'VAT free',
    metadata: { order: '7' },
  })
  expect(sent).toMatchObject({ due_date: now() + 14 * day, description: 'Thank you', metadata: { order: '7' } })
  await stripe.invoices.finalizeInvoice(invoice.id)
  expect(await errorOf(stripe.invoices.update(invoice.id, { description: 'Else' }))).toMatchObject({
    code: 'invoice_not_editable',
    param: 'description',
  })
  expect(await stripe.invoices.update(invoice.id, { auto_advance: true, metadata: { order: '8' } })).toMatchObject({
    auto_advance: true,
    metadata: { order: '8' },
    next_payment_attempt: null,
  })
})

test('how it is collected and when it is due must fit', async () => {
  const { stripe, now } = await startBilling()
  const customer = await payer(stripe)
  const wrong = [
    { collection_method: 'send_invoice' },
    { days_until_due: 3 },
    { collection_method: 'send_invoice', due_date: now() - 1 },
    { collection_method: 'send_invoice', due_date: now() + 1, days_until_due: 3 },
    { automatically_finalizes_at: now() - 1 },
    { default_payment_method: 'pm_none' },
    { subscription: 'sub_none' },
  ] as const
  for (const params of wrong) {
    expect(await errorOf(stripe.invoices.create({ customer, ...params }))).toMatchObject({ statusCode: 400 })
  }
  expect((await stripe.invoices.list()).data).toEqual([])
})

// https://docs.stripe.com/invoicing/overview: the customer pays what was sent, and it is overdue after its day.
test('an invoice that is sent is overdue once its day has passed', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id } = await draft(stripe, customer, {
    auto_advance: true,
    collection_method: 'send_invoice',
    days_until_due: 7,
  })
  await pass(3600)
  expect((await stripe.events.list({ type: 'invoice.sent' })).data).toHaveLength(1)
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ attempted: false, status: 'open' })
  await pass(30 * day)
  const { data } = await stripe.events.list({ type: 'invoice.overdue' })
  expect(data).toMatchObject([{ created: start + 7 * day, data: { object: { id } } }])
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: true })
  expect((await stripe.charges.list()).data).toEqual([])
})

test('invoices are listed by what they are', async () => {
  const { stripe, now } = await startBilling()
  const customer = await payer(stripe)
  const sent = await draft(stripe, customer, { collection_method: 'send_invoice', days_until_due: 7 })
  const charged = await draft(stripe, customer)
  await stripe.invoices.finalizeInvoice(charged.id)
  const ids = async (params: Parameters<typeof stripe.invoices.list>[0]) =>
    (await stripe.invoices.list(params)).data.map(({ id }) => id)
  expect(await ids({ collection_method: 'send_invoice' })).toEqual([sent.id])
  expect(await ids({ status: 'open' })).toEqual([charged.id])
  expect(await ids({ due_date: { gt: now() } })).toEqual([sent.id])
  expect(await ids({ due_date: { gt: now() + 8 * day } })).toEqual([])
  expect(await ids({ customer })).toEqual([charged.id, sent.id])
})

// https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action
test('a card whose bank asks is not paid with until the customer has answered', async () => {
  const { stripe } = await startBilling()
  const { id } = await draft(stripe, await payer(stripe, 'pm_card_authenticationRequired'))
  expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({ code: 'authentication_required', statusCode: 402 })
  expect(await errorOf(stripe.invoices.pay(id, { off_session: false }))).toMatchObject({
    code: 'invoice_payment_intent_requires_action',
    statusCode: 402,
  })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ attempt_count: 1, status: 'open' })
  expect((await stripe.events.list({ type: 'invoice.payment_action_required' })).data).toHaveLength(2)
})

test('without anything to charge it is refused, and no attempt is counted', async () => {
  const { stripe } = await startBilling()
  const { id: customer } = await stripe.customers.create()
  const { id } = await draft(stripe, customer)
  expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({ code: 'resource_missing', statusCode: 400 })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ attempt_count: 0, attempted: false, status: 'draft' })
})
