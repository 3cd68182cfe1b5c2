import { readMails } from '@lightpress/mailbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mailTo, pay, signUp, until } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'

// The queues are on PostgreSQL here, as they are where there is no Redis; kills.test.ts has the same with it.

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ topology: 'split', queue: 'postgres' })
})
afterAll(() => stack?.stop())

it('a plan is paid for and used while notifications are stopped, and its receipt comes when they are back, once', async () => {
  const ada = await signUp(stack)
  await stack.kill('notifications', 'SIGTERM')
  try {
    const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'month' })
    expect((await pay(url)).status).toBe(303)
    await until(
      () => ada.billing.getSubscription(),
      ({ planId }) => planId === 'pro',
    )
    expect(await ada.billing.getEntitlements()).toMatchObject({ planId: 'pro', limits: { members: null } })
    expect((await ada.billing.listInvoices()).items).toMatchObject([{ status: 'paid' }])
    expect(await receipts()).toEqual([])
  } finally {
    await stack.restart('notifications')
  }
  await mailTo(stack, ada.email, ({ subject }) => subject.includes('receipt'))
  // What could come twice is in the queue by now, and out of it soon.
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(await receipts()).toHaveLength(1)
  const { items } = await ada.notifications.listNotifications()
  expect(items.filter(({ category }) => category === 'billing')).toMatchObject([{ title: 'Payment received' }])

  async function receipts() {
    const mails = await readMails(stack.mailbox)
    return mails.filter(({ to, subject }) => to.includes(ada.email) && subject.includes('receipt'))
  }
})
