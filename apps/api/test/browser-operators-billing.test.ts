import { requires } from '@lightpress/local'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { pay, signUp, until, type Person } from './support/person.ts'
import { bringLost, changeAtStripe, unheard } from './support/behind-our-back.ts'
import { startStack, type Stack } from './support/stack.ts'
import { expectVisitors } from './support/visitors.ts'

describe.runIf(requires('chromium'))('billing for operators, in a browser', { timeout: 150_000 }, () => {
  let browser: Browser
  let stack: Stack
  let database: pg.Pool
  let olga: Person
  let customer: string
  let organizationId: string
  const name = 'Difference Works'

  beforeAll(async () => {
    const [directory, chromium] = await Promise.all([builtWeb(), launchChromium()])
    browser = chromium
    stack = await startStack({ topology: 'single', queue: 'postgres', web: { directory } })
    database = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 })
    olga = await signUp(stack, 'Olga Operator')
    await database.query('update users.person set operator = true where email = $1', [olga.email])
    const ada = await signUp(stack)
    ;({ organizationId } = await ada.billing.getSubscription())
    await ada.users.updateOrganization({ id: organizationId, name })
    const { url } = await ada.billing.startCheckout({ planId: 'pro', interval: 'month' })
    await pay(url)
    await until(
      () => ada.billing.getSubscription(),
      ({ planId }) => planId === 'pro',
    )
    const { rows } = await database.query<{ id: string }>('select stripe_customer_id as id from billing.customer')
    customer = rows[0]?.id ?? ''
  })
  afterAll(async () => {
    await browser?.close()
    await database?.end()
    await stack?.stop()
  })
  const { arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  const list = (page: Page, label: string) => page.getByRole('list', { name: label, exact: true })
  const part = (page: Page, label: string) => page.getByRole('region', { name: label, exact: true })
  const told = (page: Page, text: string | RegExp) =>
    page.getByRole('region', { name: 'Messages' }).getByText(text).first().waitFor()
  const lose = (change: Record<string, string>) => unheard(stack, () => changeAtStripe(stack, customer, change))

  it('a subscription is found, and read again at once when a webhook of it was lost', async () => {
    const { page } = await arriveAs(olga, '/dashboard')
    await page.getByRole('navigation', { name: 'Operators' }).getByRole('link', { name: 'Subscriptions' }).click()
    await list(page, 'Subscriptions').getByText('Pro, monthly · 1 seat').waitFor()
    await expectNoBarriers(page)
    await page.getByRole('combobox', { name: 'Status' }).selectOption('Trial')
    await page.getByText('No subscription like that').waitFor()
    await page.getByRole('combobox', { name: 'Status' }).selectOption('Active')
    await page.getByRole('searchbox', { name: 'Organisation' }).fill('Difference')
    await page.getByText('An id must be whole here.', { exact: false }).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('searchbox', { name: 'Organisation' }).fill(organizationId)
    await list(page, 'Subscriptions').getByRole('link', { name }).click()

    await page.getByRole('heading', { name }).waitFor()
    await page.getByText(customer).first().waitFor()
    await list(page, 'Invoices').getByText('Paid').waitFor()
    await page.getByRole('button', { name: 'Converge now' }).press('Enter')
    await part(page, 'Our copy').getByText('Nothing was different').waitFor()

    await lose({ cancel_at_period_end: 'true' })
    await page.getByRole('button', { name: 'Converge now' }).click()
    await part(page, 'Our copy').getByText('1 difference, repaired').waitFor()
    await part(page, 'Our copy').getByText('Subscription, cancel at period end').waitFor()
    await page.getByText('Ends', { exact: true }).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('link', { name: 'Organisation', exact: true }).click()
    await page.getByRole('link', { name: 'Its subscription' }).click()
    await page.getByRole('button', { name: 'Converge now' }).waitFor()
  })

  it('a comparison finds where the copy is wrong, repairs it, and says so while one looks on', async () => {
    const { page } = await arriveAs(olga, '/operators/drift')
    await page.getByText('Nothing was compared yet').waitFor()
    await expectNoBarriers(page)
    // Of whom Stripe may still tell something, nothing is settled for an hour: what a lost webhook leaves, without one.
    await bringLost(stack)
    await until(
      () => database.query('select from billing.customer where applied_sequence < dirty_sequence'),
      ({ rowCount }) => rowCount === 0,
    )
    await database.query('update billing.subscription set seats = 7')
    await page.getByRole('button', { name: 'Compare now' }).click()
    await told(page, 'The comparison has begun')
    const run = list(page, 'Comparisons').getByRole('listitem').first()
    await run.getByText('1 subscription compared').waitFor()
    await run.locator('summary').press('Enter')
    const difference = run.getByRole('listitem').filter({ hasText: 'Subscription, seats' })
    await difference.getByText('Repaired', { exact: true }).waitFor()
    await expectNoBarriers(page)
    await difference.getByRole('link', { name: 'its subscription' }).click()
    await page.getByRole('heading', { name }).waitFor()
    await page.getByText('Pro, monthly · 1 seat').first().waitFor()
  })

  it('webhooks are found by what they are of, and replayed', async () => {
    const { page } = await arriveAs(olga, '/operators/webhooks', { viewport: { width: 390, height: 800 } })
    const rows = list(page, 'Webhooks').getByRole('listitem')
    await rows.first().waitFor()
    await expectNoBarriers(page)
    await page.getByRole('searchbox', { name: 'Type' }).fill('invoice.')
    await expect.poll(async () => (await rows.allInnerTexts()).every((text) => text.startsWith('invoice.'))).toBe(true)
    await page.getByRole('searchbox', { name: 'Organisation' }).fill(organizationId)
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('Read')
    const paid = rows.filter({ hasText: 'invoice.paid' })
    await paid.getByRole('button', { name: /^Replay invoice\.paid/ }).click()
    await told(page, /^It (was|will be) read once more/)
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('')
    await page.reload()
    await rows.filter({ hasText: 'invoice.paid' }).getByText('Read').waitFor()
    await page.getByRole('searchbox', { name: 'Type' }).fill('payout.paid')
    await page.getByText('No webhook like that').waitFor()
    await expectNoBarriers(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  it('whoever is no operator sees nothing of it, and what is not there is said', async () => {
    const eve = await signUp(stack, 'Eve Else')
    const { page } = await arriveAs(eve, '/operators/subscriptions')
    for (const path of ['subscriptions', `subscriptions/${organizationId}`, 'drift', 'webhooks']) {
      await page.goto(`${stack.url}/operators/${path}`)
      await page.getByText('This is for the operators of Lightpress.').waitFor()
    }
    provoked.push(/40[04]/)
    const tab = (await arriveAs(olga, '/operators/subscriptions/nobody')).page
    await tab.getByText('No customer has this id').waitFor()
    await expectNoBarriers(tab)
  })
})
