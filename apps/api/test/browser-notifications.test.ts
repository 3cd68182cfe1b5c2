import { requires } from '@lightpress/local'
import { readMails } from '@lightpress/mailbox'
import { nightly } from '@lightpress/testing'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { mailTo, pay, signUp, until, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { followLink, openMail, sectionLink } from './support/steps.ts'
import { expectVisitors } from './support/visitors.ts'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }

/** Milliseconds within which a page is as it will be, on a machine that has much to do. */
const soon = { timeout: 30_000 }

const topologies = [{ topology: 'single' }, { topology: 'split' }] as const

describe.runIf(requires('chromium')).each(topologies)(
  'notifications in a browser, $topology',
  { timeout: 180_000 },
  ({ topology }) => {
    let browser: Browser
    let stack: Stack

    beforeAll(async () => {
      const [directory, chromium] = await Promise.all([builtWeb(), launchChromium()])
      browser = chromium
      stack = await startStack({ topology, queue: 'postgres', web: { directory } })
    })
    afterAll(async () => {
      await browser?.close()
      await stack?.stop()
    })
    const { arrive, arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

    const rows = (page: Page) => page.getByRole('list', { name: 'Notifications', exact: true }).getByRole('listitem')
    const row = (page: Page, title: string) => rows(page).filter({ hasText: title })
    const part = (page: Page, name: string) =>
      page.getByRole('navigation', { name: 'Parts of the inbox' }).getByRole('link', { name })
    const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
    const category = (page: Page, name: string) => page.getByRole('group', { name, exact: true })

    async function saved(page: Page): Promise<void> {
      await page.getByRole('button', { name: 'Save changes' }).click()
      await messages(page).getByText('Saved').first().waitFor()
    }

    async function subscribe(person: Person): Promise<void> {
      await pay((await person.billing.startCheckout({ planId: 'pro', interval: 'month' })).url)
    }

    /** The inbox has it: all that the event leads to has been written down. */
    async function told(person: Person, title: string): Promise<void> {
      await until(
        async () => (await person.notifications.listNotifications({})).items,
        (items) => items.some((item) => item.title === title),
      )
    }

    const receiptsOf = async ({ email }: Person) =>
      (await readMails(stack.mailbox)).filter(({ to, subject }) => to.includes(email) && /receipt/i.test(subject))

    it('the count grows in every tab as it happens, and the bell has the newest wherever one is', async () => {
      const ada = await signUp(stack)
      const { page, context } = await arriveAs(ada, '/notifications')
      await row(page, 'Welcome to Lightpress').waitFor()
      await row(page, 'New sign-in').first().waitFor()
      const other = await context.newPage()
      await other.goto(`${stack.url}/dashboard`)
      for (const tab of [page, other]) await sectionLink(tab, 'Notifications 2 unread').waitFor()

      await subscribe(ada)
      for (const tab of [page, other]) await sectionLink(tab, 'Notifications 3 unread').waitFor()
      await expect.poll(() => rows(page).first().textContent(), soon).toContain('Payment received')

      const bell = other.getByRole('button', { name: 'Notifications, 3 unread' })
      expect(await bell.textContent()).toBe('3')
      await bell.click()
      const popover = other.getByRole('dialog', { name: 'Notifications' })
      await popover.getByRole('link', { name: 'Payment received' }).waitFor()
      await expectNoBarriers(other)
      await other.keyboard.press('Escape')
      await popover.waitFor({ state: 'detached' })
      await expect
        .poll(
          () => other.getByRole('button', { name: /^Notifications/ }).evaluate((one) => one.matches(':focus')),
          soon,
        )
        .toBe(true)

      await bell.click()
      const payment = await popover.getByRole('link', { name: 'Payment received' }).elementHandle()
      await popover.getByRole('button', { name: 'Mark “Payment received” as read' }).click()
      for (const tab of [page, other]) await sectionLink(tab, 'Notifications 2 unread').waitFor()
      await popover.getByRole('button', { name: 'Mark “Payment received” as read' }).waitFor({ state: 'detached' })
      await expect.poll(() => popover.evaluate((one) => one.matches(':focus-within')), soon).toBe(true)
      const markAll = popover.getByRole('button', { name: 'Mark all as read' })
      await markAll.click()
      for (const tab of [page, other]) await sectionLink(tab, /^Notifications$/).waitFor()
      await page.getByText('You have read everything.').waitFor()
      expect(await markAll.evaluate((one) => one.matches(':focus'))).toBe(true)
      // The same row as before, not one like it.
      expect(await payment?.evaluate((one) => one.isConnected)).toBe(true)
      await popover.getByRole('link', { name: 'See all' }).click()
      await other.waitForURL(`${stack.url}/notifications`)
      await popover.waitFor({ state: 'detached' })

      // All are read by now: the count says nothing of it.
      await page.getByRole('button', { name: 'Archive “Welcome to Lightpress”' }).click()
      for (const tab of [page, other]) await row(tab, 'Welcome to Lightpress').waitFor({ state: 'detached' })
      await messages(page).getByRole('button', { name: 'Undo' }).click()
      for (const tab of [page, other]) await row(tab, 'Welcome to Lightpress').waitFor()
    })

    it('the link at the foot of a mail stops such mails at a press, signed out, and not before', async () => {
      const ada = await signUp(stack)
      await subscribe(ada)
      await mailTo(stack, ada.email, ({ subject }) => /receipt/i.test(subject))
      const emailOf = async (name: string) =>
        (await ada.notifications.getPreferences()).categories.find(({ category }) => category === name)?.email

      const visitor = await arrive('/')
      const mail = await openMail(visitor, stack, { email: ada.email, subject: /receipt/i })
      const tab = await followLink(visitor, mail, /No more mails about billing/)
      await tab.getByRole('heading', { name: 'Stop e-mails about billing?' }).waitFor()
      await expectNoBarriers(tab)
      expect(await emailOf('billing')).toBe('instant')
      await tab.getByRole('button', { name: 'Stop these e-mails' }).click()
      await tab.getByRole('heading', { name: 'These e-mails are stopped' }).waitFor()
      await expectNoBarriers(tab)
      expect(await emailOf('billing')).toBe('off')
      await tab.getByRole('button', { name: 'Undo' }).click()
      await tab.getByText('You get them again').waitFor()
      expect(await emailOf('billing')).toBe('instant')

      // As a mail program does that has a button of its own.
      const token = new URL(tab.url()).hash.slice('#token='.length)
      const answer = await fetch(`${stack.url}/v1/notifications/unsubscribe?token=${token}`, {
        method: 'POST',
        body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
      })
      expect(answer.status).toBe(200)
      expect(await emailOf('billing')).toBe('off')
      await tab.reload()
      await tab.getByRole('button', { name: 'Send them again' }).waitFor()
    })

    if (topology === 'split') {
      // In one process nothing would be there that could tell.
      it('what cannot be done is told, and shown as it was', async () => {
        const ada = await signUp(stack)
        const { page } = await arriveAs(ada, '/notifications')
        await row(page, 'Welcome to Lightpress').waitFor()
        await sectionLink(page, 'Notifications 2 unread').waitFor()
        provoked.push(/50[23]|INCOMPLETE_CHUNKED/)
        await stack.kill('notifications', 'SIGKILL')
        try {
          await page.getByRole('button', { name: 'Archive “Welcome to Lightpress”' }).click()
          await messages(page).getByText('We cannot be reached right now').first().waitFor()
          await row(page, 'Welcome to Lightpress').waitFor()
          await sectionLink(page, 'Notifications 2 unread').waitFor()
        } finally {
          await stack.restart('notifications')
        }
        await page.getByRole('button', { name: 'Archive “Welcome to Lightpress”' }).click()
        await row(page, 'Welcome to Lightpress').waitFor({ state: 'detached' })
        await sectionLink(page, 'Notifications 1 unread').waitFor()
      })
      // However the product runs, the rest is about the screens of one module: split by night alone.
      if (!nightly) return
    }

    it('news comes above what is pointed at, which stays where it is', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications', { viewport: { width: 1280, height: 360 } })
      const welcome = row(page, 'Welcome to Lightpress')
      await sectionLink(page, 'Notifications 2 unread').waitFor()
      await welcome.hover()
      const before = await welcome.boundingBox()
      await subscribe(ada)
      await row(page, 'Payment received').waitFor()
      await expect
        .poll(async () => Math.round((await welcome.boundingBox())?.y ?? 0), soon)
        .toBe(Math.round(before?.y ?? -1))
      expect(await page.evaluate('scrollY')).toBeGreaterThan(0)
    })

    it('what is opened is read, what is done with goes to the archive, and both can be taken back', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications')
      await sectionLink(page, 'Notifications 2 unread').waitFor()
      await expectNoBarriers(page)

      await row(page, 'Welcome to Lightpress').getByRole('link').click()
      await page.waitForURL(`${stack.url}/dashboard`)
      await sectionLink(page, 'Notifications 1 unread').click()
      await page.getByRole('button', { name: 'Mark “Welcome to Lightpress” as unread' }).click()
      await sectionLink(page, 'Notifications 2 unread').waitFor()

      await page.getByRole('button', { name: 'Archive “Welcome to Lightpress”' }).click()
      await row(page, 'Welcome to Lightpress').waitFor({ state: 'detached' })
      await sectionLink(page, 'Notifications 1 unread').waitFor()
      await messages(page).getByText('Archived').waitFor()
      await messages(page).getByRole('button', { name: 'Undo' }).click()
      await row(page, 'Welcome to Lightpress').waitFor()
      await sectionLink(page, 'Notifications 2 unread').waitFor()

      await row(page, 'Welcome to Lightpress').getByRole('link').focus()
      await page.keyboard.press('e')
      await row(page, 'Welcome to Lightpress').waitFor({ state: 'detached' })
      await expect.poll(() => row(page, 'New sign-in').evaluate((one) => one.matches(':focus-within')), soon).toBe(true)
      await page.keyboard.press('e')
      await page.getByRole('heading', { name: 'Nothing in your inbox' }).waitFor()
      await expectNoBarriers(page)

      await part(page, 'Archive').click()
      await row(page, 'Welcome to Lightpress').waitFor()
      await page.getByLabel('What it is about').selectOption('Security')
      await page.waitForURL(`${stack.url}/notifications/archive?category=security`)
      await row(page, 'Welcome to Lightpress').waitFor({ state: 'detached' })
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Move “New sign-in to your account” back to the inbox' }).click()
      await page.getByRole('heading', { name: 'Nothing about the security of your account here' }).waitFor()
      await part(page, 'Inbox').click()
      await row(page, 'New sign-in').waitFor()
      await part(page, 'Unread').click()
      await page.getByRole('heading', { name: 'Nothing about the security of your account here' }).waitFor()
    })

    it('all are marked as read from the keyboard, which goes on from there', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications')
      await sectionLink(page, 'Notifications 2 unread').waitFor()
      const markAll = page.getByRole('button', { name: 'Mark all as read' })
      await markAll.press('Enter')
      await page.getByText('You have read everything.').waitFor()
      expect(await markAll.evaluate((one) => one.matches(':focus'))).toBe(true)
      await page.getByText('On a row, J and K go down and up').waitFor()
    })

    it('on a phone the bell leads to the inbox, and everything is within reach', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/dashboard', phone)
      await page.getByRole('banner').getByRole('link', { name: 'Notifications, 2 unread' }).click()
      await row(page, 'Welcome to Lightpress').waitFor()
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Archive “Welcome to Lightpress”' }).click()
      await messages(page).getByText('Archived').waitFor()
      await page.getByRole('link', { name: 'Preferences', exact: true }).click()
      await category(page, 'Billing').getByText('Off', { exact: true }).waitFor()
      await expectNoBarriers(page)
    })

    it('what somebody does not want by e-mail they are not sent, and security they cannot lose', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications/preferences')
      await category(page, 'Security').getByText('Always, in both.').waitFor()
      expect(await category(page, 'Security').locator('input').count()).toBe(0)

      await category(page, 'Billing').getByText('Off', { exact: true }).click()
      await page.getByRole('switch', { name: 'Hold e-mail back while it is quiet' }).click()
      await page.getByLabel('From', { exact: true }).fill('23:00')
      await page.getByLabel('Until', { exact: true }).fill('23:00')
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Choose another time than they begin.').waitFor()
      await page.getByLabel('Until', { exact: true }).fill('06:30')
      await saved(page)
      await page.reload()
      await expect.poll(() => page.getByLabel('From', { exact: true }).inputValue(), soon).toBe('23:00')
      expect(await category(page, 'Billing').getByRole('radio', { name: 'Off' }).isChecked()).toBe(true)
      expect(await ada.notifications.getPreferences()).toMatchObject({ quietHours: { from: '23:00', to: '06:30' } })

      await subscribe(ada)
      await told(ada, 'Payment received')
      // What would come was promised before what comes now.
      await ada.auth.createApiKey({ name: 'Reports', scopes: ['billing:read'], expiresAt: null })
      await mailTo(stack, ada.email, ({ subject }) => /API key/i.test(subject))
      expect(await receiptsOf(ada)).toEqual([])
    })

    it('what is chosen elsewhere meanwhile is not undone by saving something else', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications/preferences')
      const chosen = (name: string, mode: string) =>
        expect.poll(() => category(page, name).getByRole('radio', { name: mode }).isChecked(), soon).toBe(true)
      await chosen('Billing', 'At once')
      await category(page, 'Product').getByText('At once', { exact: true }).click()
      await ada.notifications.updatePreferences({ categories: { billing: { email: 'off' } } })
      await saved(page)
      await chosen('Billing', 'Off')
      await chosen('Product', 'At once')
      expect((await ada.notifications.getPreferences()).categories).toMatchObject([
        { category: 'security' },
        { category: 'account', email: 'digest' },
        { category: 'billing', email: 'off' },
        { category: 'product', email: 'instant' },
      ])

      await ada.notifications.updatePreferences({ categories: { account: { email: 'off' } } })
      await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
      await chosen('Account', 'Off')
    })

    it('what is gathered in a digest says when it comes', async () => {
      const ada = await signUp(stack)
      const { page } = await arriveAs(ada, '/notifications/preferences')
      for (const name of ['Account', 'Billing', 'Product'])
        await category(page, name).getByText('Off', { exact: true }).click()
      await page.getByRole('group', { name: 'How often' }).waitFor({ state: 'hidden' })
      await category(page, 'Billing').getByText('Digest', { exact: true }).click()
      await page.getByText('Every week', { exact: true }).click()
      await page.getByLabel('On', { exact: true }).selectOption('Friday')
      await page.getByLabel('At', { exact: true }).selectOption({ index: 17 })
      // Who changes their mind twice finds it as they left it.
      await page.getByText('Every day', { exact: true }).click()
      await page.getByLabel('On', { exact: true }).waitFor({ state: 'hidden' })
      await page.getByText('Every week', { exact: true }).click()
      await category(page, 'Billing').getByText('Off', { exact: true }).click()
      await page.getByRole('group', { name: 'How often' }).waitFor({ state: 'hidden' })
      await category(page, 'Billing').getByText('Digest', { exact: true }).click()
      expect(await page.getByLabel('On', { exact: true }).inputValue()).toBe('5')
      await saved(page)
      await page.getByText(/^As saved, the next one is due on Friday/).waitFor()
      await expectNoBarriers(page)
      expect(await ada.notifications.getPreferences()).toMatchObject({
        digest: { frequency: 'weekly', weekday: 5, hour: 17 },
      })
    })

    it('whom no mail reaches is told so on every screen, and can have it tried again', async () => {
      const ada = await signUp(stack)
      const database = new pg.Client({ connectionString: stack.databaseUrl })
      await database.connect()
      await database.query(
        `insert into notifications.suppression (id, address, reason, detail)
         values (gen_random_uuid(), $1, 'bounced', 'No such mailbox')`,
        [ada.email],
      )
      await database.end()
      const { page } = await arriveAs(ada, '/dashboard')
      const banner = page.getByText(`Our mails to ${ada.email} come back, so we stopped sending.`)
      await banner.waitFor()
      await expectNoBarriers(page)
      await page.getByRole('link', { name: 'See what to do' }).click()
      await page.getByRole('button', { name: 'Send mail again' }).waitFor()
      await banner.waitFor({ state: 'detached' })
      await expectNoBarriers(page)
      await page.getByRole('button', { name: 'Send mail again' }).click()
      await page.getByRole('button', { name: 'Send mail again' }).waitFor({ state: 'detached' })
      expect(await ada.notifications.getPreferences()).toMatchObject({ suppressed: null })
    })

    it('a link that is none says so, and where to choose instead', async () => {
      provoked.push(/400|422/)
      const { page } = await arrive('/unsubscribe#token=rubbish', phone)
      await page.getByRole('heading', { name: 'This link does not work' }).waitFor()
      await expectNoBarriers(page)
      await page.getByRole('link', { name: 'Sign in to choose' }).click()
      await page.waitForURL(`${stack.url}/sign-in?next=%2Fnotifications%2Fpreferences`)
    })
  },
)
