import { requires } from '@lightpress/local'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium, type Visitor } from './support/browser.ts'
import { pay, signUp, until, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { fillCard } from './support/steps.ts'
import { loseCard, passDays } from './support/stripe-time.ts'
import { expectVisitors } from './support/visitors.ts'

describe.runIf(requires('chromium'))('billing in a browser', { timeout: 150_000 }, () => {
  let web: string
  let browser: Browser
  let stack: Stack
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    ;[web, browser] = await Promise.all([builtWeb(), launchChromium()])
    stack = await startStack({ topology: 'split', queue: 'postgres', web: { directory: web } })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })
  const { arriveAs: visitAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  /** Signed in, on that screen. */
  async function arriveAs(person: Person, path = '/billing'): Promise<void> {
    visitor = await visitAs(person, path)
    page = visitor.page
  }

  /** Somebody who pays for a seat of Pro by the month. */
  async function subscriber(): Promise<Person> {
    const person = await signUp(stack)
    await pay((await person.billing.startCheckout({ planId: 'pro', interval: 'month' })).url)
    await until(
      () => person.billing.getSubscription(),
      ({ planId }) => planId === 'pro',
    )
    return person
  }

  it('charges for more exactly what it showed, once, and plans less for the end of the period', async () => {
    const ada = await subscriber()
    await arriveAs(ada)
    const dialog = page.getByRole('dialog', { name: 'Change plan' })
    await page.getByRole('button', { name: 'Change plan' }).click()
    await dialog.getByText('This is what you have.').waitFor()
    const seats = dialog.getByLabel('Seats')
    await seats.fill('0')
    await seats.press('Enter')
    await dialog.locator('[aria-invalid]').waitFor()
    expect(await seats.inputValue()).toBe('0')
    await seats.fill('1')
    await dialog.getByRole('radio', { name: /^Business/ }).check()
    const agree = dialog.getByRole('button', { name: /^Pay \$\d+\.\d\d and change$/ })
    await agree.waitFor()
    await expectNoBarriers(page)
    const shown = /\$([\d.]+)/.exec((await agree.textContent()) ?? '')?.[1]
    await agree.dblclick()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('main').getByText('Business', { exact: true }).waitFor()
    expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'business', status: 'active' })
    const { items } = await ada.billing.listInvoices({ limit: 10 })
    expect(items.map(({ total, status }) => ({ total: total.amount, status }))).toEqual([
      { total: Math.round(Number(shown) * 100), status: 'paid' },
      { total: 1200, status: 'paid' },
    ])

    await page.getByRole('button', { name: 'Change plan' }).click()
    await dialog.getByRole('radio', { name: /^Pro/ }).check()
    await dialog.getByText(/^Takes effect on .*: Pro, paid by the month, with 1 seat/).waitFor()
    await dialog.getByText('$0.00').waitFor()
    await dialog.getByRole('button', { name: 'Plan the change' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/^From .* on: Pro/).waitFor()
    await expectNoBarriers(page)
    expect(await ada.billing.getSubscription()).toMatchObject({
      planId: 'business',
      scheduledChange: { planId: 'pro' },
    })
    await page.getByRole('button', { name: 'Keep Business' }).click()
    await page.getByText(/^From .* on: Pro/).waitFor({ state: 'detached' })
    expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'business', scheduledChange: null })
  })

  it('changes nothing when the card is declined, and says what helps', async () => {
    const ada = await subscriber()
    await loseCard(stack, (await ada.billing.getSubscription()).organizationId)
    await arriveAs(ada)
    await page.goto(`${stack.url}/pricing`)
    provoked.push(/40\d/)
    const dialog = page.getByRole('dialog', { name: 'Change plan' })
    await page.getByRole('link', { name: /^Try Business/ }).click()
    await dialog.getByRole('radio', { name: /^Business/, checked: true }).waitFor()
    await dialog.getByRole('button', { name: /^Pay \$/ }).click()
    await dialog.getByRole('alert').getByText('The payment did not go through').waitFor()
    await dialog.getByRole('button', { name: 'Update card' }).waitFor()
    await expectNoBarriers(page)
    expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'pro', status: 'active' })
  })

  it('ends with the period when it is cancelled, and goes on when that is taken back', async () => {
    const ada = await subscriber()
    await arriveAs(ada)
    await page.getByRole('button', { name: 'Cancel Pro' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel Pro' })
    await dialog.getByText('Everything: people, data, settings and invoices.').waitFor()
    await expectNoBarriers(page)
    await dialog.getByRole('button', { name: 'Cancel Pro' }).click()
    await page.getByText(/^Pro ends on/).waitFor()
    await page.getByText('Does not renew').waitFor()
    await expectNoBarriers(page)
    expect(await ada.billing.getSubscription()).toMatchObject({ cancelAtPeriodEnd: true })
    await page.getByRole('button', { name: 'Keep Pro' }).click()
    await page.getByText(/^Pro ends on/).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Cancel Pro' }).waitFor()
    expect(await ada.billing.getSubscription()).toMatchObject({ cancelAtPeriodEnd: false })
  })

  it('takes a code along from the prices, says when it does not work, and begins a trial without a card', async () => {
    const ada = await signUp(stack)
    await arriveAs(ada)
    await page.goto(`${stack.url}/pricing?code=NO-SUCH-CODE`)
    provoked.push(/4\d\d/)
    await page.getByRole('heading', { name: 'Questions' }).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('link', { name: 'Try Pro free for 14 days' }).click()
    const dialog = page.getByRole('dialog', { name: 'Choose Pro' })
    const code = dialog.getByLabel('Promotion code')
    expect(await code.inputValue()).toBe('NO-SUCH-CODE')
    await dialog.getByRole('button', { name: 'Start the trial' }).click()
    await dialog.locator('[aria-invalid]').waitFor()
    await expect.poll(() => code.evaluate((field) => field.matches(':focus'))).toBe(true)
    await expectNoBarriers(page)
    await code.fill('')
    await dialog.getByRole('button', { name: 'Start the trial' }).click()
    await page.getByRole('button', { name: /start 14-day trial$/ }).click()
    await page.getByRole('heading', { name: 'You are on Pro' }).waitFor()
    await page.getByText(/^Your trial runs until/).waitFor()
    await page.getByRole('link', { name: 'See billing' }).click()
    await page.getByText('14 days of your trial are left').waitFor()
    await expectNoBarriers(page)
  })

  it('shows what was used, and that it is nearly used up', async () => {
    const ada = await signUp(stack)
    await ada.billing.recordUsage({ meterId: 'tasks', quantity: 85 })
    await arriveAs(ada)
    await page.getByRole('meter', { name: '85 of 100' }).waitFor()
    await page.getByText('Nearly used up').waitFor()
    await expectNoBarriers(page)
  })

  it('leaves the pages alone that need none of it while it is away', async () => {
    const ada = await subscriber()
    await arriveAs(ada, '/dashboard')
    await page.getByRole('heading', { name: ada.name }).waitFor()
    provoked.push(/50[23]/)
    await stack.kill('billing', 'SIGKILL')
    try {
      await page.goto(`${stack.url}/profile`)
      await page.getByLabel('Time zone').waitFor()
      expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
      await expectNoBarriers(page)
    } finally {
      await stack.restart('billing')
    }
  })

  it('tells on every page that a payment failed, until it is paid', async () => {
    const ada = await subscriber()
    await loseCard(stack, (await ada.billing.getSubscription()).organizationId)
    await passDays(stack, 32)
    await arriveAs(ada, '/dashboard')
    const banner = page.getByText(/^Your payment of \$12\.00 failed\. Pay by .* to keep Pro\.$/)
    await banner.waitFor()
    await expectNoBarriers(page)
    await page.goto(`${stack.url}/profile`)
    await banner.waitFor()

    const [provider] = await Promise.all([
      visitor.context.waitForEvent('page'),
      page.getByRole('link', { name: /^Pay now/ }).click(),
    ])
    await fillCard(provider, 'good')
    await provider.getByRole('button', { name: /^Pay \$12\.00$/ }).click()
    await provider.getByText(/paid/i).first().waitFor()
    await banner.waitFor({ state: 'detached' })
    expect(await ada.billing.getSubscription()).toMatchObject({ status: 'active', paymentProblem: null })
  })
})
