import { requires } from '@lightpress/local'
import { isAppError } from '@lightpress/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium, type Visitor } from './support/browser.ts'
import { newPerson, signIn, signUp } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import {
  answerDialog,
  fillChangeOfAddress,
  fillPasswordChange,
  fillSignIn,
  followLink,
  openMail,
} from './support/steps.ts'
import { expectVisitors } from './support/visitors.ts'

/** A browser logs each refusal that tells it of the end of its session, whatever it was just asking for. */
const sessionEnds = /401/

const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

describe.runIf(requires('chromium'))('the security of an account, in a browser', { timeout: 150_000 }, () => {
  let web: string
  let browser: Browser
  let stack: Stack

  beforeAll(async () => {
    ;[web, browser] = await Promise.all([builtWeb(), launchChromium()])
    stack = await startStack({ topology: 'split', queue: 'postgres', web: { directory: web } })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })
  const { arrive, arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  const wasSignedOut = (page: Page) => page.getByRole('status').getByText('You were signed out').waitFor()

  it('a forgotten password is replaced through the mail, once, and ends every session', async () => {
    const ada = await signUp(stack)
    const elsewhere = await arriveAs(ada, '/dashboard')
    provoked.push(sessionEnds)
    await elsewhere.page.getByRole('heading', { name: ada.name }).waitFor()

    const visitor = await arrive('/sign-in')
    const { page } = visitor
    await page.getByLabel('E-mail').fill(ada.email)
    await page.getByRole('link', { name: 'Forgot it?' }).click()
    await page.getByRole('heading', { name: 'Reset your password' }).waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(ada.email)
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText(`If there is an account for ${ada.email}`).waitFor()
    await expectNoBarriers(page)

    const mail = await openMail(visitor, stack, { email: ada.email, subject: /Choose a new password/ })
    const tab = await followLink(visitor, mail, /Choose a new password/)
    const link = tab.url()
    await tab.getByLabel('New password').fill('password123456')
    await expectNoBarriers(tab)
    provoked.push(/400/)
    await tab.getByRole('button', { name: 'Set the password' }).click()
    await tab.getByText(/easy to guess/).waitFor()
    expect(await tab.getByLabel('New password').evaluate((field) => field.matches(':focus'))).toBe(true)
    await expectNoBarriers(tab)
    await tab.getByLabel('New password').fill('a lamp and nine herons')
    await tab.getByRole('button', { name: 'Set the password' }).click()
    await tab.getByRole('status').getByText('Your password is changed').waitFor()
    await expectNoBarriers(tab)
    await wasSignedOut(elsewhere.page)

    await fillSignIn(tab, { ...ada, password: 'a lamp and nine herons' })
    await tab.getByRole('heading', { name: ada.name }).waitFor()
    await tab.goto(link)
    await tab.getByLabel('New password').fill('a lamp and ten herons')
    await tab.getByRole('button', { name: 'Set the password' }).click()
    await tab.getByRole('heading', { name: 'This link does not work any more' }).waitFor()
    await expectNoBarriers(tab)
    await tab.getByRole('link', { name: 'Send a new link' }).click()
    await tab.getByRole('heading', { name: 'Reset your password' }).waitFor()
  })

  it('nobody learns who has an account, and everybody can have the mail sent again', async () => {
    const { page } = await arrive('/forgot-password')
    const nobody = newPerson(stack)
    await page.getByLabel('E-mail').fill(nobody.email)
    await page.keyboard.press('Enter')
    await page.getByText(`If there is an account for ${nobody.email}`).waitFor()
    await page.getByRole('button', { name: 'Send again' }).click()
    // Nor whether one was sent: so many a minute are, for every address alike.
    await page.getByRole('region', { name: 'Messages' }).getByText('If a mail is due').waitFor()
    const again = page.getByRole('button', { name: /^Send again in \d+ (minute|second)/ })
    expect(await again.getAttribute('aria-disabled')).toBe('true')
    await page.reload()
    await page.getByText(`If there is an account for ${nobody.email}`).waitFor()
  })

  it('a changed password signs out the other browser, which goes on where it was with what was typed', async () => {
    const ada = await signUp(stack)
    const { page } = await arriveAs(ada, '/security')
    const other = await arriveAs(ada, '/profile')
    await other.page.getByLabel('Name', { exact: true }).fill('Augusta Ada King')

    provoked.push(/400/, sessionEnds)
    await fillPasswordChange(page, { current: 'not the right one', next: 'a lamp and nine herons' })
    await page.getByText('This is not your password.').waitFor()
    expect(await page.getByLabel('Current password').evaluate((field) => field.matches(':focus'))).toBe(true)
    await expectNoBarriers(page)
    await fillPasswordChange(page, { current: ada.password, next: 'a lamp and nine herons' })
    await page.getByRole('region', { name: 'Messages' }).getByText('Password changed').waitFor()
    expect(await page.getByLabel('Current password').inputValue()).toBe('')

    await wasSignedOut(other.page)
    await expectNoBarriers(other.page)
    await fillSignIn(other.page, { ...ada, password: 'a lamp and nine herons' })
    await other.page.waitForURL(`${stack.url}/profile`)
    await expect.poll(() => other.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Augusta Ada King')
    await page.reload()
    await page.getByRole('list', { name: 'Recent activity' }).getByText('Password changed').waitFor()
  })

  it('an address is another one when both have confirmed it, and not before', async () => {
    const ada = await signUp(stack)
    const next = newPerson(stack).email
    const visitor = await arriveAs(ada, '/security')
    const { page } = visitor
    const sides = page.getByRole('region', { name: 'E-mail address' }).getByRole('listitem')
    await fillChangeOfAddress(page, newPerson(stack))
    await sides.first().waitFor()
    await page.getByRole('button', { name: 'Cancel the change' }).click()
    await fillChangeOfAddress(page, { email: next })
    await sides.filter({ hasText: next }).getByText('Not confirmed yet').waitFor()
    await expectNoBarriers(page)

    const toOld = await openMail(visitor, stack, { email: ada.email, subject: /Confirm the change of your e-mail/ })
    const old = await followLink(visitor, toOld, /Confirm the change/)
    await old.getByRole('heading', { name: 'Confirm the change of address' }).waitFor()
    await expectNoBarriers(old)
    expect(await sides.getByText('Not confirmed yet').count()).toBe(2)
    await old.getByRole('button', { name: 'Confirm the change' }).click()
    await old.getByText('Your new address has to confirm as well').waitFor()
    await expectNoBarriers(old)
    await sides.filter({ hasText: ada.email }).getByText('Confirmed', { exact: true }).waitFor()

    // Mails are read where they arrive: this one in a browser that knows nobody.
    const stranger = await arrive('/')
    const toNew = await openMail(stranger, stack, { email: next, subject: /Confirm your new e-mail/ })
    const last = await followLink(stranger, toNew, /Confirm address/)
    await last.getByRole('button', { name: 'Confirm the change' }).click()
    await last.getByRole('heading', { name: 'Your address is changed' }).waitFor()
    await expectNoBarriers(last)
    await page.getByRole('region', { name: 'Messages' }).getByText(`You sign in with ${next}`).waitFor()
    await page.getByRole('region', { name: 'E-mail address' }).getByText(next, { exact: true }).waitFor()
    expect(await ada.users.getMe()).toMatchObject({ email: next })

    await last.getByRole('link', { name: 'Sign in' }).click()
    await fillSignIn(last, { email: next, password: ada.password })
    await last.getByRole('heading', { name: ada.name }).waitFor()
  })

  it('an address that became another one while nobody looked is told to whoever looks again', async () => {
    const ada = await signUp(stack)
    const next = newPerson(stack).email
    const visitor = await arriveAs(ada, '/security')
    const { page } = visitor
    await fillChangeOfAddress(page, { email: next })
    await page.getByRole('heading', { name: `Change to ${next}` }).waitFor()
    // A tab behind another one. Headless browsers have none: each of their tabs is in front.
    await page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })")
    for (const [email, subject] of [
      [ada.email, /Confirm the change of your e-mail/],
      [next, /Confirm your new e-mail/],
    ] as const) {
      const tab = await followLink(visitor, await openMail(visitor, stack, { email, subject }), /^Confirm/)
      await tab.getByRole('button', { name: 'Confirm the change' }).click()
      await tab.getByRole('status').waitFor()
    }
    await page.evaluate('delete document.visibilityState')
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.getByRole('region', { name: 'Messages' }).getByText(`You sign in with ${next}`).waitFor()
    await page.getByRole('region', { name: 'E-mail address' }).getByText(next, { exact: true }).waitFor()
    expect(await page.getByLabel('New address').count()).toBe(1)
  })

  it('a link of a change of address that is over says so, on a press and not before', async () => {
    const { page, requests } = await arrive('/confirm-email#token=of-nobody')
    await page.getByRole('button', { name: 'Confirm the change' }).waitFor()
    expect(requests.filter((path) => path.endsWith('/confirm'))).toEqual([])
    provoked.push(/400/)
    await page.getByRole('button', { name: 'Confirm the change' }).click()
    await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor()
    await expectNoBarriers(page)
    // Another link, put into the address of this tab, changes nothing but the fragment.
    await page.goto(`${stack.url}/confirm-email#token=of-nobody-else`)
    await page.getByRole('button', { name: 'Confirm the change' }).waitFor()
  })

  it('a session that is ended elsewhere is gone within seconds, and everywhere means here, too', async () => {
    const ada = await signUp(stack)
    const phone = await arriveAs(ada, '/dashboard', { userAgent: iPhone })
    const { page, context } = await arriveAs(ada, '/security')
    const sessions = page.getByRole('list', { name: 'Sessions' })
    await sessions.getByRole('listitem').first().getByText('This device').waitFor()
    await expectNoBarriers(page)
    const end = sessions.getByRole('button', { name: 'Sign out Safari on iOS', description: /127\.0\.0\.1.* used / })
    await end.click()
    await page
      .getByRole('dialog', { name: 'Sign out Safari on iOS?' })
      .getByText(/127\.0\.0\.1, used /)
      .waitFor()
    await expectNoBarriers(page)
    provoked.push(sessionEnds)
    const asked = Date.now()
    await answerDialog(page, 'Sign out')
    await wasSignedOut(phone.page)
    expect(Date.now() - asked).toBeLessThan(8_000)
    await sessions.getByText('Safari on iOS').waitFor({ state: 'detached' })
    // The row took the focus with it: the keyboard goes on in the screen, and not at the top of the page.
    await expect.poll(() => page.evaluate('document.activeElement?.closest("main") !== null')).toBe(true)

    await fillSignIn(phone.page, ada)
    await phone.page.waitForURL(`${stack.url}/dashboard`)
    const tab = await context.newPage()
    await tab.goto(`${stack.url}/profile`)
    await tab.getByLabel('Time zone').waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await answerDialog(page, 'Sign out everywhere')
    await page.getByRole('status').getByText('You are signed out everywhere').waitFor()
    await expectNoBarriers(page)
    await Promise.all([wasSignedOut(tab), wasSignedOut(phone.page)])
    await fillSignIn(tab, ada)
    await tab.waitForURL(`${stack.url}/profile`)
  })

  it('many sessions come in pages with addresses of their own, on a phone as well', async () => {
    const ada = await signUp(stack)
    for (let more = 0; more < 10; more++) await signIn(ada)
    const { page } = await arriveAs(ada, '/security', { viewport: { width: 360, height: 780 }, hasTouch: true })
    const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
    await expect.poll(() => sessions.count()).toBe(10)
    await expectNoBarriers(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.getByRole('navigation', { name: 'Pages of sessions' }).getByRole('link', { name: 'Older' }).click()
    await page.waitForURL(/[?&]sessions=/)
    await expect.poll(() => sessions.count()).toBe(2)
    const older = page.url()
    await page.reload()
    await expect.poll(() => sessions.count()).toBe(2)
    await page.getByRole('button', { name: 'Sign out all others' }).click()
    await answerDialog(page, 'Sign out others')
    await page.getByRole('region', { name: 'Messages' }).getByText('11 sessions signed out').waitFor()
    await page.waitForURL(`${stack.url}/security`)
    await page.getByText('You are signed in nowhere else.').waitFor()

    await page.goto(older)
    await page.getByRole('region', { name: 'Sessions' }).getByText('Nothing on this page').waitFor()
    await expectNoBarriers(page)
    provoked.push(/400/)
    await page.goto(`${stack.url}/security?sessions=cut-o&activity=cut-o`)
    await expect.poll(() => page.getByText('Nothing on this page').count()).toBe(2)
    await page.getByRole('navigation', { name: 'Pages of sessions' }).getByRole('link', { name: 'Newest' }).click()
    await page.getByText('You are signed in nowhere else.').waitFor()
    await page.goto(`${stack.url}/notifications?cursor=cut-o`)
    await page.getByText('Nothing on this page').waitFor()
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Newest' }).click()
    await page.getByText('Welcome to Lightpress').waitFor()
  })

  it('what cannot be read is said where it would stand, and a retry helps when it can be read again', async () => {
    const ada = await signUp(stack)
    const { page } = await arriveAs(ada, '/security')
    await page.getByRole('list', { name: 'Sessions' }).waitFor()
    provoked.push(/50[23]/)
    await stack.kill('auth', 'SIGKILL')
    await page.reload()
    const retries = page.getByRole('button', { name: 'Try again' })
    await expect.poll(() => retries.count(), { timeout: 20_000 }).toBe(5)
    await page.getByLabel('Current password').waitFor()
    await expectNoBarriers(page)

    await stack.restart('auth')
    // Whoever asks too early asks once more, as a person does.
    const retry = async () => {
      const left = await retries.count()
      if (left > 0) await retries.first().click({ timeout: 2_000 })
      return left
    }
    await expect.poll(() => retry().catch(() => 1), { timeout: 40_000, interval: 500 }).toBe(0)
    await page.getByRole('list', { name: 'Sessions' }).getByText('This device').waitFor()
  })

  it('whoever guessed too often is told how long to wait, and the other way in', async () => {
    const nobody = newPerson(stack)
    const guess = () => nobody.auth.signIn({ email: nobody.email, password: 'not the right one' })
    const refusal = async () => guess().catch((error: unknown) => (isAppError(error) ? error.code : String(error)))
    await expect.poll(refusal, { interval: 1, timeout: 20_000 }).toBe('limited')

    provoked.push(/429/)
    const { page } = await arrive('/sign-in')
    await fillSignIn(page, nobody)
    const alert = page.getByRole('alert')
    await alert.getByText(/^You can try again in \d+ (minute|second)/).waitFor()
    await expectNoBarriers(page)
    const before = await alert.textContent()
    await expect.poll(() => alert.textContent()).not.toBe(before)
    await alert.getByRole('link', { name: 'Reset your password' }).click()
    await page.getByRole('heading', { name: 'Reset your password' }).waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(nobody.email)
  })

  it('every password field hides what is typed until asked to show it, and takes what is pasted (OWASP ASVS 5.0, 6.2.6, 6.2.7)', async () => {
    const ada = await signUp(stack)
    const grace = newPerson(stack, 'Grace Hopper')
    await grace.auth.signUp(grace)
    const visitor = await arrive('/sign-in')
    await copy(visitor, 'pasted by a manager')
    const current = { label: 'Password', autocomplete: 'current-password' }
    const fresh = { label: 'New password', autocomplete: 'new-password' }
    await expectPasswordField(visitor.page, current)
    await visitor.page.goto(`${stack.url}/sign-up`)
    await expectPasswordField(visitor.page, { ...fresh, label: 'Password' })
    await visitor.page.goto(`${stack.url}/reset-password#token=of-nobody`)
    await expectPasswordField(visitor.page, fresh)
    const mail = await openMail(visitor, stack, { email: grace.email, subject: /Confirm your e-mail address/ })
    provoked.push(/401.*\/v1\/auth\/email\/verify/)
    await expectPasswordField(await followLink(visitor, mail, /Confirm address/), current)
    const { page } = await arriveAs(ada, '/security')
    await expectPasswordField(page, { ...current, label: 'Current password' })
    await expectPasswordField(page, fresh)
  })

  /** As one does in another program. */
  async function copy({ context }: Visitor, text: string): Promise<void> {
    const program = await context.newPage()
    await program.setContent(`<input value="${text}">`)
    await program.getByRole('textbox').press('ControlOrMeta+a')
    await program.keyboard.press('ControlOrMeta+c')
    await program.close()
  }

  /** Pastes what was copied, and looks at it and away again with the button that the keyboard comes to next. */
  async function expectPasswordField(page: Page, { label, autocomplete }: { label: string; autocomplete: string }) {
    const field = page.getByLabel(label, { exact: true })
    await field.press('ControlOrMeta+v')
    expect(await field.inputValue()).toBe('pasted by a manager')
    expect(await field.getAttribute('autocomplete')).toBe(autocomplete)
    const types = [await field.getAttribute('type')]
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Show password')
    for (let press = 0; press < 2; press++) {
      await page.keyboard.press('Enter')
      types.push(await field.getAttribute('type'))
    }
    expect(types, `types of ${label} on ${page.url()}`).toEqual(['password', 'text', 'password'])
  }

  it('nothing that strangers see is wider than a small phone', async () => {
    const { page } = await arrive('/', { viewport: { width: 360, height: 780 }, hasTouch: true })
    for (const path of ['/sign-in', '/sign-up', '/reset-password#token=none', '/confirm-email#token=none', '/verify']) {
      await page.goto(stack.url + path)
      await page.getByRole('main').getByRole('heading').waitFor()
      expect.soft(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(360)
    }
    await page.goto(`${stack.url}/forgot-password`)
    await page.getByLabel('E-mail').fill(newPerson(stack).email)
    expect.soft(await page.evaluate('document.documentElement.scrollWidth'), 'forgotten').toBe(360)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth'), 'asked for a mail').toBe(360)
  })

  it('a common password is refused at sign-up as well, on its field', async () => {
    const { page } = await arrive('/sign-up')
    provoked.push(/400/)
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
    await page.getByLabel('E-mail').fill(newPerson(stack).email)
    await page.getByLabel('Password', { exact: true }).fill('password123456')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText(/easy to guess/).waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ada Lovelace')
    await expectNoBarriers(page)
  })
})
