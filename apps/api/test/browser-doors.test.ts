import { randomUUID } from 'node:crypto'
import { requires } from '@lightpress/local'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { addAuthenticator, makePasskey } from './support/passkey.ts'
import { newPerson, signUp, type Person } from './support/person.ts'
import { startProvider, type Provider } from './support/provider.ts'
import { startStack, type Stack } from './support/stack.ts'
import { fillSignIn, followLink, openMail, sectionLink, signOut } from './support/steps.ts'
import { totpCode } from './support/totp.ts'
import { expectVisitors } from './support/visitors.ts'

const clientId = 'lightpress'

describe.runIf(requires('chromium'))('the doors of the product, in a browser', { timeout: 150_000 }, () => {
  let web: string
  let browser: Browser
  let provider: Provider
  let stack: Stack

  beforeAll(async () => {
    ;[web, browser, provider] = await Promise.all([builtWeb(), launchChromium(), startProvider(clientId)])
    const google = { id: 'google', name: 'Google', issuer: provider.issuer, clientId, clientSecret: 'a secret' }
    const env = { OIDC_PROVIDERS: JSON.stringify([google]) }
    stack = await startStack({ topology: 'single', queue: 'postgres', web: { directory: web }, env })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
    provider?.close()
  })
  const { arrive, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  /** Somebody with an authenticator app, which shows `code(1)` a period after `code()`. */
  async function signUpWithApp(): Promise<Person & { code: (later?: number) => string; recoveryCodes: string[] }> {
    const ada = await signUp(stack)
    const { secret } = await ada.auth.enrollTotp()
    const code = (later = 0) => totpCode(secret, later)
    const { recoveryCodes } = await ada.auth.confirmTotp({ code: code(-1) })
    return Object.assign(ada, { code, recoveryCodes: recoveryCodes ?? [] })
  }

  const secondStep = (page: Page) => page.getByRole('heading', { name: 'Enter the code of your app' }).waitFor()

  it('whoever has an app is asked for its code, and goes on where they wanted, by keyboard alone', async () => {
    const ada = await signUpWithApp()
    const { page } = await arrive('/sign-in?next=%2Fbilling')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
    await expectNoBarriers(page)
    await page.keyboard.type(ada.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(ada.password)
    await page.keyboard.press('Enter')
    await secondStep(page)
    await expectNoBarriers(page)

    provoked.push(/400/)
    const field = page.getByLabel('Code', { exact: true })
    expect([await field.getAttribute('autocomplete'), await field.getAttribute('inputmode')]).toEqual([
      'one-time-code',
      'numeric',
    ])
    await page.keyboard.type('12345a')
    await page.keyboard.press('Enter')
    await page.getByText('Six digits, and nothing else.').waitFor()
    await field.press('ControlOrMeta+a')
    // It is sent with the last digit.
    await page.keyboard.type(wrong(ada.code))
    await page.getByText('This code is not right').waitFor()
    expect(await field.evaluate((input) => input.matches(':focus'))).toBe(true)
    await expectNoBarriers(page)
    // A phone may forget the page meanwhile; and the next code takes the place of the wrong one.
    await page.reload()
    await secondStep(page)
    await field.press('ControlOrMeta+a')
    await page.keyboard.insertText(ada.code().replace(/^.../, '$& '))
    await page.waitForURL(`${stack.url}/billing`)
  })

  it('a recovery code does once what the app does, and who has neither asks for a recovery', async () => {
    const ada = await signUpWithApp()
    const visitor = await arrive('/sign-in')
    const { page } = visitor
    await fillSignIn(page, ada)
    await secondStep(page)
    await page.getByRole('button', { name: 'Use a recovery code' }).press('Enter')
    expect(await page.getByLabel('Recovery code').evaluate((input) => input.matches(':focus'))).toBe(true)
    await expectNoBarriers(page)
    await page.keyboard.type(ada.recoveryCodes[0] ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: ada.name }).waitFor()
    await signOut(page)

    await fillSignIn(page, ada)
    await secondStep(page)
    await page.getByRole('button', { name: 'I have none of these' }).click()
    await page.getByText('It takes three days').waitFor()
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Ask for it' }).click()
    await page.getByRole('heading', { name: 'It is under way' }).waitFor()
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000)
    await page
      .getByText(inThreeDays.toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'Europe/Berlin' }))
      .waitFor()
    await expectNoBarriers(page)
    await page.reload()
    await page.getByRole('heading', { name: 'It is under way' }).waitFor()
    await page.getByRole('link', { name: 'Back to sign-in' }).click()
    await expect.poll(() => page.getByLabel('E-mail').inputValue()).toBe(ada.email)

    // Whoever it was that asked: the owner, wherever the mail is read, stops it with a press.
    const { page: elsewhere, ...rest } = await arrive('/')
    const mail = await openMail({ page: elsewhere, ...rest }, stack, {
      email: ada.email,
      subject: /lost your second factors/,
    })
    const tab = await followLink({ page: elsewhere, ...rest }, mail, /stop it/)
    await tab.getByRole('button', { name: 'Stop it, and keep them' }).waitFor()
    expect(tab.url()).toBe(`${stack.url}/recover/cancel`)
    await expectNoBarriers(tab)
    await tab.getByRole('button', { name: 'Stop it, and keep them' }).click()
    await tab.getByText('Your second factors stay').waitFor()
    await expectNoBarriers(tab)
  })

  it('the link of a finished recovery leads through sign-in to the removal, and says so when it is over', async () => {
    const ada = await signUpWithApp()
    const { page } = await arrive('/recover#token=of-nobody')
    await page.getByText('Sign in first').waitFor()
    expect(page.url()).toBe(`${stack.url}/recover`)
    await expectNoBarriers(page)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillSignIn(page, ada)
    await page.getByRole('button', { name: 'Remove my second factors' }).waitFor()
    await expectNoBarriers(page)
    provoked.push(/400/)
    await page.getByRole('button', { name: 'Remove my second factors' }).click()
    await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor()
    await page.getByRole('button', { name: 'Use your authenticator app' }).click()
    await page.getByLabel('Code', { exact: true }).fill(ada.code())
    await page.getByRole('heading', { name: ada.name }).waitFor()
  })

  it('a passkey is a door of its own, and the second step behind a password', async () => {
    const ada = await signUp(stack)
    const { page, context } = await arrive('/sign-in')
    const authenticator = await addAuthenticator(page)
    await authenticator.agree(false)
    await fillSignIn(page, ada)
    await page.getByRole('heading', { name: ada.name }).waitFor()
    await authenticator.agree(true)
    await makePasskey(page)
    // A browser that suggests none, for now: what agrees at once would be in before the button is pressed.
    await page.evaluate('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
    await signOut(page)

    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('heading', { name: ada.name }).waitFor()

    await signOut(page)
    await fillSignIn(page, ada)
    await page.getByRole('heading', { name: 'Use your passkey' }).waitFor()
    await expectNoBarriers(page)
    // What begins it has the focus.
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: ada.name }).waitFor()

    // Among what the browser suggests for the address it is chosen without a press of ours.
    await context.clearCookies()
    await page.evaluate('localStorage.clear()')
    await page.goto(`${stack.url}/sign-in?next=%2Fprofile`)
    await page.waitForURL(`${stack.url}/profile`)
  })

  it('a network that is gone takes neither the form with it nor what was typed, nor a screen for good', async () => {
    const ada = await signUp(stack)
    const { page, context } = await arrive('/sign-in')
    await page.getByRole('link', { name: 'Continue with Google' }).waitFor()
    provoked.push(/ERR_INTERNET_DISCONNECTED/, /dynamically imported module/)
    await context.setOffline(true)
    await fillSignIn(page, ada)
    await page.getByRole('alert').getByText('You are offline').waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(ada.email)
    await expectNoBarriers(page)
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: ada.name }).waitFor()

    await context.setOffline(true)
    await sectionLink(page, 'Security').click()
    await page.getByRole('alert').getByText('You are offline').first().waitFor()
    expect(await page.getByText('on our side').count()).toBe(0)
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.getByRole('region', { name: 'Passkeys' }).getByText('No passkey yet').waitFor()
  })

  it('a link by mail lets in the browser that asked for it, and no other', async () => {
    const ada = await signUp(stack)
    const visitor = await arrive('/sign-in?next=%2Fprofile')
    const { page } = visitor
    await page.getByRole('button', { name: 'E-mail me a link' }).click()
    await page.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
    await expectNoBarriers(page)
    await page.getByLabel('E-mail').fill(ada.email)
    await page.keyboard.press('Enter')
    await page.getByText('If there is an account').waitFor()
    await expectNoBarriers(page)

    const other = await arrive('/')
    provoked.push(/400/)
    const mail = { email: ada.email, subject: /link to sign in/ }
    const stranger = await followLink(other, await openMail(other, stack, mail), /^Sign in/)
    await stranger.getByRole('heading', { name: 'This link did not sign you in' }).waitFor()
    expect(stranger.url()).toBe(`${stack.url}/sign-in/link`)
    await expectNoBarriers(stranger)

    const tab = await followLink(visitor, await openMail(visitor, stack, mail), /^Sign in/)
    await tab.waitForURL(`${stack.url}/profile`)
  })

  it('a provider lets in, tells of an account that is there already, and takes no for an answer', async () => {
    const ada = await signUp(stack)
    const { page } = await arrive('/sign-in?next=%2Fprofile')
    const enter = () => page.getByRole('link', { name: 'Continue with Google' }).click()
    await enter()
    await page.getByText('Nobody was signed in').waitFor()
    await expectNoBarriers(page)

    provider.visitor = { sub: randomUUID(), name: 'Grace Hopper', email: newPerson(stack).email }
    await enter()
    await page.waitForURL(`${stack.url}/profile`)
    // Whoever came by a provider has no other way in, but the mail.
    await sectionLink(page, 'Security').click()
    await page.getByRole('button', { name: 'Unlink Google' }).click()
    const unlink = page.getByRole('dialog', { name: 'Unlink Google?' })
    await unlink.getByText('Then there is a link by mail, and nothing else').waitFor()
    await unlink.getByRole('button', { name: 'Set a password by mail' }).waitFor()
    await expectNoBarriers(page)
    await page.keyboard.press('Escape')
    await signOut(page)
    await page.goto(`${stack.url}/sign-in/connect?provider=google`)
    await page.waitForURL(/\/sign-in\?next=%2Fsign-in%2Fconnect/)

    provider.visitor = { sub: randomUUID(), name: ada.name, email: ada.email }
    await page.goto(`${stack.url}/sign-in?next=%2Fprofile`)
    await enter()
    await page.getByText('You have an account already').waitFor()
    await expectNoBarriers(page)
    await fillSignIn(page, ada)
    await page.getByRole('heading', { name: 'Link Google to your account?' }).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Link Google' }).click()
    await page.waitForURL(`${stack.url}/profile`)
    await page.getByRole('region', { name: 'Messages' }).getByText('Linked Google').waitFor()
    expect((await ada.auth.getCredentials()).linkedSignIns).toHaveLength(1)
  })
})

/** One that no clock in the world shows now. */
function wrong(code: (later?: number) => string): string {
  const near = [-2, -1, 0, 1, 2].map((later) => code(later))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((one) => !near.includes(one)) ?? ''
}
