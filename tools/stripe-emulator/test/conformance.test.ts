import { expect, test } from 'vitest'
import { catalogueCases } from './conformance/catalogue.ts'
import { customerCases } from './conformance/customers.ts'
import { invoiceCases } from './conformance/invoices.ts'
import { operationCases } from './conformance/operations.ts'
import { paymentCases } from './conformance/payments.ts'
import { record, undriven } from './conformance/recorder.ts'
import { sessionCases } from './conformance/sessions.ts'
import { subscriptionCases } from './conformance/subscriptions.ts'
import { startEmulator } from './harness.ts'

test.each([
  ...catalogueCases,
  ...customerCases,
  ...paymentCases,
  ...invoiceCases,
  ...subscriptionCases,
  ...sessionCases,
  ...operationCases,
])('$name', async ({ run }) => {
  const { stripe } = await startEmulator()
  record(stripe)
  await run(stripe)
})

test('every endpoint of the stand-in was driven through the SDK above', () => {
  expect(undriven()).toEqual([])
})
