import { auth } from '@lightpress/auth-contract'
import { requires } from '@lightpress/local'
import { notifications } from '@lightpress/notifications-contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium, type Visitor } from './support/browser.ts'
import { newPerson, pay, signUp, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import {
  choosePro,
  expireAccess,
  fillSignIn,
  fillSignUp,
  followLink,
  openMail,
  payWith,
  requestsTo,
  sectionLink,
  signOut,
} from './support/steps.ts'
import { expectVisitors } from './support/visitors.ts'

describe.runIf(requires('chromium'))('in a browser', { timeout: 150_000 }, () => {
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

  const visitors = expectVisitors(() => ({ browser, url: stack.url }))
  const { provoked } = visitors

  async function arrive(path: string): Promise<void> {
    visitor = await visitors.arrive(path)
    page = visitor.page
  }

  /** Signed in, on that screen. */
  async function arriveAs(person: Person, path = '/dashboard', options: Parameters<typeof visitors.arriveAs>[2] = {}) {
    visitor = await visitors.arriveAs(person, path, options)
    page = visitor.page
  }

  describe('a session', () => {
    it('begins with the right password, goes on where the person wanted to, and ends in all tabs', async () => {
      const ada = await signUp(stack)
      provoked.push(/401/)
      await arrive('/billing')
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await fillSignIn(page, { ...ada, password: 'not the right one' })
      await page.getByRole('alert').getByText('That did not match').waitFor()
      expect(await page.getByLabel('E-mail').inputValue()).toBe(ada.email)
      await expectNoBarriers(page)
      await fillSignIn(page, ada)
      await page.getByRole('heading', { name: 'Current plan' }).waitFor()

      const other = await visitor.context.newPage()
      await other.goto(`${stack.url}/profile`)
      await other.getByLabel('Name', { exact: true }).fill('Augusta Ada King')
      await signOut(page)
      await other.getByRole('heading', { name: 'Sign in' }).waitFor()
      await fillSignIn(other, ada)
      await other.getByLabel('Time zone').waitFor()
      expect(await other.getByLabel('Name', { exact: true }).inputValue()).toBe('Augusta Ada King')
      // The tab that waits at sign-in has nothing left to wait for.
      await page.waitForURL(`${stack.url}/dashboard`)
      await page.getByRole('heading', { name: ada.name }).waitFor()
    })

    it('leaves nothing to the next person, in a tab that another one has signed out', async () => {
      const [ada, grace] = [await signUp(stack), await signUp(stack, 'Grace Hopper')]
      await arriveAs(ada)
      provoked.push(/401/)
      const other = await visitor.context.newPage()
      await other.goto(`${stack.url}/dashboard`)
      await other.getByRole('heading', { name: ada.name }).waitFor()
      await sectionLink(other, 'Profile').click()
      await other.getByLabel('Name', { exact: true }).fill('Augusta Ada King')
      await page.goto(`${stack.url}/forgot-password`)
      await page.getByLabel('E-mail').fill(ada.email)
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
      await page.goto(`${stack.url}/dashboard`)
      await signOut(page)
      expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(ada.email)
      await other.getByRole('heading', { name: 'Sign in' }).waitFor()

      await other.goBack()
      await other.waitForURL(`${stack.url}/sign-in?next=%2Fdashboard`)
      await other.getByRole('heading', { name: 'Sign in' }).waitFor()

      await fillSignIn(other, grace)
      await other.getByRole('heading', { name: grace.name }).waitFor()
      await sectionLink(other, 'Profile').click()
      expect(await other.getByLabel('Name', { exact: true }).inputValue()).toBe(grace.name)
      expect(await other.content()).not.toContain(ada.name)
      expect(await other.evaluate('JSON.stringify(sessionStorage)')).not.toContain('Augusta')
    })

    it('that ended behind the back of a page is missed when the page comes back', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada, '/profile')
      await page.getByLabel('Time zone').waitFor()
      provoked.push(/401/)
      // As with a page that the browser had put aside: what a tab does to the note itself, it is not told of.
      await visitor.context.clearCookies()
      await page.evaluate("localStorage.removeItem('session')")
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
      await page.waitForURL(`${stack.url}/sign-in?next=%2Fprofile`)
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    })

    it('outlives a reload, and the access token, of which nobody notices anything', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada)
      await page.getByRole('heading', { name: ada.name }).waitFor()
      const renewals = requestsTo(visitor, auth.operations.refreshToken)
      const before = renewals()
      await page.reload()
      await page.getByRole('heading', { name: ada.name }).waitFor()
      expect(renewals()).toBe(before)

      provoked.push(/401/)
      await expireAccess(visitor, stack)
      await page.reload()
      await page.getByRole('heading', { name: ada.name }).waitFor()
      await page.getByRole('heading', { name: 'Latest' }).waitFor()
      await sectionLink(page, 'Profile').click()
      await page.getByLabel('Time zone').waitFor()
      expect(renewals()).toBe(before + 1)
    })

    it('is opened, walked through and left by keyboard alone', async () => {
      const ada = await signUp(stack)
      await arrive('/sign-in')
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
      await page.keyboard.type(ada.email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(ada.password)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: ada.name }).waitFor()

      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').waitFor()
      await expectNoBarriers(page)
      await page.keyboard.type('invoices')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Current plan' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.type('sign out')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    })
  })

  describe('the link in the mail', () => {
    it('asks for the password in a browser that did not sign up, and works once', async () => {
      const ada = newPerson(stack)
      await arrive('/sign-up')
      await fillSignUp(page, ada)
      await page.getByRole('heading', { name: 'Check your mail' }).waitFor()

      await arrive('/')
      provoked.push(/401/)
      const mail = await openMail(visitor, stack, { email: ada.email, subject: /Confirm your e-mail address/ })
      const tab = await followLink(visitor, mail, /Confirm address/)
      const link = tab.url()
      await tab.getByText('This is not the browser that signed up').waitFor()
      await expectNoBarriers(tab)
      await tab.getByLabel('Password', { exact: true }).fill('not the right one')
      await tab.getByRole('button', { name: 'Confirm and sign in' }).click()
      await tab.getByRole('alert').getByText('That did not match').waitFor()
      await tab.getByLabel('Password', { exact: true }).fill(ada.password)
      await tab.getByRole('button', { name: 'Confirm and sign in' }).click()
      await tab.getByRole('heading', { name: ada.name }).waitFor()

      provoked.push(/400|422/)
      await tab.goto(link)
      await tab.getByRole('heading', { name: 'This link did not work' }).waitFor()
      await tab.getByRole('alert').waitFor()
      await expectNoBarriers(tab)
      await tab.getByRole('link', { name: 'Go on' }).waitFor()
    })

    it('stays good while the service that reads it is away', async () => {
      const ada = newPerson(stack)
      provoked.push(/50[23]/)
      await arrive('/sign-up')
      await fillSignUp(page, ada)
      await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
      const mail = await openMail(visitor, stack, { email: ada.email, subject: /Confirm your e-mail address/ })
      await stack.kill('auth', 'SIGKILL')
      const tab = await followLink(visitor, mail, /Confirm address/)
      await tab.getByRole('alert').getByText('We cannot be reached right now').waitFor()
      await expectNoBarriers(tab)

      await stack.restart('auth')
      await tab.getByRole('button', { name: 'Try again' }).click()
      await tab.getByRole('heading', { name: ada.name }).waitFor()
    })
  })

  describe('paying', () => {
    it('survives a change of mind and a declined card', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada, '/billing')
      await choosePro(page, 2)
      await page.getByRole('dialog').getByText('Prices exclude taxes.').waitFor()
      await page.getByRole('button', { name: 'Continue to payment' }).click()
      await page.getByRole('link', { name: 'Back' }).click()
      await page.getByRole('heading', { name: 'Current plan' }).waitFor()
      await page.getByRole('main').getByText('Current', { exact: true }).waitFor()
      expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'free' })

      provoked.push(/402/)
      await choosePro(page, 2)
      await page.getByRole('button', { name: 'Continue to payment' }).click()
      await payWith(page, 'declined')
      await page
        .getByRole('alert')
        .getByText(/declined/)
        .waitFor()
      await expectNoBarriers(page)
      await payWith(page, 'good')
      await page.getByRole('heading', { name: 'You are on Pro' }).waitFor()
      expect(await ada.billing.getSubscription()).toMatchObject({ planId: 'pro', seats: 2 })
    })
  })

  describe('news', () => {
    it('reaches every tab through one stream, which passes on when its tab closes', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada, '/notifications')
      const streams = requestsTo(visitor, notifications.operations.streamNotifications)
      await page.getByText('Welcome to Lightpress').waitFor()
      // She signed up with a program: the browser is a device that is new.
      await page.getByText('New sign-in').first().waitFor()
      const other = await visitor.context.newPage()
      await other.goto(`${stack.url}/dashboard`)
      await sectionLink(other, 'Notifications 2 unread').waitFor()
      await expect.poll(streams).toBe(1)

      await page.getByRole('button', { name: 'Mark all as read' }).click()
      await page.getByText('You have read everything.').waitFor()
      await sectionLink(other, /^Notifications$/).waitFor()

      await page.close()
      await expect.poll(streams).toBe(2)
      await pay((await ada.billing.startCheckout({ planId: 'pro', interval: 'month', seats: 1 })).url)
      await other.getByRole('region', { name: 'Messages' }).getByText('Payment received').waitFor()
      await sectionLink(other, 'Notifications 1 unread').waitFor()
      await other.getByRole('main').getByText('$12.00 per month, excluding taxes').waitFor()
      expect(streams()).toBe(2)
    })
  })

  describe('trouble', () => {
    it('is said when the network is gone, and unsaid when it is back', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada, '/profile')
      provoked.push(/ERR_INTERNET_DISCONNECTED/)
      await page.getByLabel('Name', { exact: true }).fill('Augusta Ada King')
      await visitor.context.setOffline(true)
      await page.getByRole('status').getByText('You are offline').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Save changes' }).click()
      // News that came meanwhile may have another part of the screen say so as well.
      await page.locator('form').getByRole('alert').getByText('You are offline').waitFor()
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Augusta Ada King')

      await visitor.context.setOffline(false)
      await page.getByRole('status').getByText('You are offline').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('region', { name: 'Messages' }).getByText('Saved').waitFor()
      expect(await ada.users.getMe()).toMatchObject({ name: 'Augusta Ada King' })
    })

    it('in one service leaves the rest standing, and a retry helps when it is over', async () => {
      const ada = await signUp(stack)
      await arriveAs(ada)
      await page.getByRole('heading', { name: ada.name }).waitFor()
      await stack.kill('users', 'SIGKILL')
      provoked.push(/50[23]/)
      await page.reload()
      const retries = page.getByRole('button', { name: 'Try again' })
      await retries.first().waitFor()
      await page.getByRole('heading', { name: 'Latest' }).waitFor()
      await page.getByText('Welcome to Lightpress').first().waitFor()
      await expectNoBarriers(page)

      await stack.restart('users')
      for (let left = await retries.count(); left > 0; left--) {
        await retries.first().click()
        await expect.poll(() => retries.count()).toBeLessThan(left)
      }
      await page.getByRole('heading', { name: ada.name }).waitFor()
      await page.getByRole('heading', { name: 'First steps' }).waitFor()
    })
  })

  it('the menu of a phone is a sheet that comes and goes', async () => {
    const ada = await signUp(stack)
    await arriveAs(ada, '/dashboard', { viewport: { width: 390, height: 844 }, hasTouch: true })
    await page.getByRole('banner').getByRole('link', { name: 'Notifications, 2 unread' }).waitFor()
    const opener = page.getByRole('button', { name: 'Open the menu' })
    const sheet = page.getByRole('dialog', { name: 'Menu' })
    await opener.click()
    await sheet.waitFor()
    await expectNoBarriers(page)
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await expect.poll(() => opener.evaluate((button) => button.matches(':focus'))).toBe(true)
    await opener.click()
    await sheet.getByRole('link', { name: 'Billing' }).click()
    await sheet.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Current plan' }).waitFor()
    await expectNoBarriers(page)
  })

  it('the dark stays dark: after a reload, and in the next browser', async () => {
    const ada = await signUp(stack)
    await arriveAs(ada, '/profile')
    const theme = () => page.evaluate('document.documentElement.dataset.theme')
    await page.getByRole('main').getByText('Dark', { exact: true }).click()
    expect(await theme()).toBe('dark')
    await expect.poll(() => ada.users.getMe()).toMatchObject({ theme: 'dark' })
    await page.reload({ waitUntil: 'commit' })
    await page.getByLabel('Time zone').waitFor()
    expect(await theme()).toBe('dark')
    await arriveAs(ada)
    await page.getByRole('heading', { name: ada.name }).waitFor()
    expect(await theme()).toBe('dark')
  })
})
