import { requires } from '@lightpress/local'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium, visit } from './support/browser.ts'
import { newPerson } from './support/person.ts'
import { startStack, type Stack, type StackOptions } from './support/stack.ts'
import { choosePro, fillSignUp, followLink, openMail, payWith, sectionLink } from './support/steps.ts'

type Look = (page: Page) => Promise<void>

describe.runIf(requires('chromium'))('the walk in a browser', () => {
  let web: string
  let browser: Browser
  beforeAll(async () => {
    ;[web, browser] = await Promise.all([builtWeb(), launchChromium()])
  })
  afterAll(async () => {
    await browser?.close()
  })

  it('works with all modules in one process and queues on PostgreSQL', { timeout: 180_000 }, () =>
    walkThrough({ topology: 'single', queue: 'postgres' }, expectNoBarriers),
  )

  it.runIf(requires('redis-server'))(
    'works with a process for each module and queues on Redis',
    { timeout: 180_000 },
    () => walkThrough({ topology: 'split', queue: 'redis' }, async () => {}),
  )

  async function walkThrough(options: StackOptions, look: Look): Promise<void> {
    const stack = await startStack({ ...options, web: { directory: web } })
    try {
      await walk(browser, stack, look)
    } finally {
      await stack.stop()
    }
  }
})

/** `look` is given every screen as it stands. */
async function walk(browser: Browser, stack: Stack, look: Look): Promise<void> {
  const ada = newPerson(stack)
  const visitor = await visit(browser)
  const { page, context } = visitor

  const landing = await page.goto(stack.url)
  expect(landing?.headers()['content-security-policy']).toContain("default-src 'self'")
  await page.getByRole('heading', { level: 1 }).waitFor()
  await look(page)
  await page.getByRole('link', { name: 'Pricing' }).first().click()
  await page.getByRole('heading', { name: 'Pro', exact: true }).waitFor()
  await look(page)
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await look(page)

  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByRole('heading', { name: 'Sign up' }).waitFor()
  await look(page)
  await fillSignUp(page, ada)
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
  await page.getByText(ada.email).waitFor()
  await look(page)

  const mail = await openMail(visitor, stack, { email: ada.email, subject: /Confirm your e-mail address/ })
  const tab = await followLink(visitor, mail, /Confirm address/)
  await mail.mailbox.close()
  await page.close()
  await tab.getByRole('heading', { name: ada.name }).waitFor()
  expect(new URL(tab.url()).pathname).toBe('/dashboard')
  await tab.getByText('A personal organisation.').waitFor()
  await sectionLink(tab, 'Notifications 1 unread').waitFor()
  await look(tab)

  // A second tab that stays where it is: what it shows from now on came to it without a reload.
  const witness = await context.newPage()
  await witness.goto(`${stack.url}/notifications`)
  await witness.getByRole('heading', { name: /Welcome to Lightpress/ }).waitFor()
  await look(witness)
  let loads = 0
  witness.on('load', () => loads++)

  await sectionLink(tab, 'Billing').click()
  await tab.getByRole('heading', { name: 'Current plan' }).waitFor()
  await look(tab)
  await choosePro(tab, 3)
  await tab.getByRole('dialog').getByRole('definition').last().getByText('$36.00', { exact: true }).waitFor()
  await look(tab)
  await tab.getByRole('button', { name: 'Continue to payment' }).click()

  await tab.getByRole('heading', { name: /Subscribe to/ }).waitFor()
  expect(new URL(tab.url()).port).toBe(new URL(stack.stripe).port)
  await look(tab)
  await payWith(tab, 'good')

  await tab.getByRole('heading', { name: 'You are on Pro' }).waitFor()
  expect(new URL(tab.url()).pathname).toBe('/billing/return')
  await sectionLink(tab, 'Notifications 2 unread').waitFor()
  await look(tab)
  await sectionLink(witness, 'Notifications 2 unread').waitFor()
  await witness.getByRole('list', { name: 'Notifications' }).getByText('Payment received').waitFor()
  expect(loads).toBe(0)

  await tab.getByRole('main').getByRole('link', { name: 'See billing' }).click()
  await tab.getByText('Active', { exact: true }).waitFor()
  await tab.getByRole('row', { name: /Paid \$36\.00/ }).waitFor()
  await look(tab)
  await sectionLink(tab, 'Profile').click()
  await tab.getByLabel('Time zone').waitFor()
  await look(tab)

  // Who is signed in is offered no second way in.
  await tab.goto(stack.url)
  await tab.getByRole('banner').getByRole('link', { name: 'Dashboard' }).waitFor()
  expect(await tab.getByRole('link', { name: /sign (in|up)/i }).count()).toBe(0)
  await tab.goto(`${stack.url}/sign-in`)
  await tab.waitForURL(`${stack.url}/dashboard`)
  await tab.getByRole('heading', { name: /Plan chosen/ }).waitFor()
  await look(tab)

  const receipt = await openMail(visitor, stack, { email: ada.email, subject: /receipt/i })
  await receipt.letter.getByText('$36.00', { exact: true }).waitFor()
  await receipt.mailbox.getByRole('link', { name: 'All mails' }).click()
  await receipt.mailbox
    .getByRole('link')
    .filter({ hasText: /Confirm your e-mail address/ })
    .waitFor()

  expect(visitor.complaints).toEqual([])
  await context.close()
}
