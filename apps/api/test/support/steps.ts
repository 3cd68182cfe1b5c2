import type { Stack } from '@lightpress/dev'
import { cookieNames } from '@lightpress/kernel'
import type { Page } from 'playwright-core'
import { mailTo } from './person.ts'
import type { Visitor } from './browser.ts'

// What people do in the browser, in their own words: roles and labels, never selectors.

interface Credentials {
  name: string
  email: string
  password: string
}

export async function fillSignUp(page: Page, { name, email, password }: Credentials): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
}

export async function fillSignIn(page: Page, { email, password }: Omit<Credentials, 'name'>): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Your account$/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
}

/** Finds a mail in the mailbox as a person does, and opens it. */
export async function openMail(
  { context }: Visitor,
  stack: Stack,
  { email, subject }: { email: string; subject: RegExp },
) {
  await mailTo(stack, email, (mail) => subject.test(mail.subject))
  const mailbox = await context.newPage()
  await mailbox.goto(stack.mailbox)
  await mailbox.getByRole('link').filter({ hasText: email }).filter({ hasText: subject }).first().click()
  return { mailbox, letter: mailbox.frameLocator('iframe') }
}

/** Follows the link of the mail, which opens a tab of its own. */
export async function followLink(
  { context }: Visitor,
  { letter }: Pick<Awaited<ReturnType<typeof openMail>>, 'letter'>,
  name: RegExp,
): Promise<Page> {
  const [tab] = await Promise.all([context.waitForEvent('page'), letter.getByRole('link', { name }).click()])
  return tab
}

export async function choosePro(page: Page, seats: number): Promise<void> {
  await page.getByRole('button', { name: 'Choose Pro' }).click()
  await page.getByRole('dialog').getByLabel('Seats').fill(String(seats))
}

export const cards = { good: '4242 4242 4242 4242', declined: '4000 0000 0000 0002' }

/** Fills in the stand-in's payment page. */
export async function payWith(page: Page, card: keyof typeof cards): Promise<void> {
  await fillCard(page, card)
  await page.getByRole('button', { name: /^Subscribe and pay/ }).click()
}

export async function fillCard(page: Page, card: keyof typeof cards): Promise<void> {
  await page.getByLabel('Card number').fill(cards[card])
  await page.getByLabel('Expiry').fill('12 / 34')
  await page.getByLabel('Security code').fill('123')
  await page.getByLabel('Name on card').fill('Ada Lovelace')
}

/** In whichever group of the sidebar it stands. With the count beside it, which the bell shows on a phone. */
export function sectionLink(page: Page, name: string | RegExp) {
  return page.getByRole('navigation', { name: /^(Sections|Organisation|You)$/ }).getByRole('link', { name })
}

/** How often the tabs have asked for that operation so far. */
export function requestsTo({ requests }: Visitor, { path }: { path: string }): () => number {
  return () => requests.filter((requested) => requested === path).length
}

/** What five minutes do: the access token is gone, the refresh token is there. */
export async function expireAccess({ context }: Visitor, { url }: Stack): Promise<void> {
  await context.clearCookies({ name: cookieNames(url).access })
}

export async function fillPasswordChange(page: Page, { current, next }: { current: string; next: string }) {
  await page.getByLabel('Current password').fill(current)
  await page.getByLabel('New password').fill(next)
  await page.getByRole('button', { name: 'Change password' }).click()
}

export async function fillChangeOfAddress(page: Page, { email }: Pick<Credentials, 'email'>): Promise<void> {
  await page.getByLabel('New address').fill(email)
  await page.getByRole('button', { name: 'Change address' }).click()
}

/** Says yes to what is asked. */
export async function answerDialog(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}
