import { readFile } from 'node:fs/promises'
import { requires } from '@lightpress/local'
import pg from 'pg'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium, type Visitor } from './support/browser.ts'
import { addAuthenticator } from './support/passkey.ts'
import { signUp, type Person } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { answerDialog, expireAccess, fillSignIn, sectionLink } from './support/steps.ts'
import { totpCode } from './support/totp.ts'
import { expectVisitors } from './support/visitors.ts'

/** A browser logs each refusal that asks for a proof. */
const asksForProof = /403/

describe.runIf(requires('chromium'))('factors, keys and operators, in a browser', { timeout: 150_000 }, () => {
  let web: string
  let browser: Browser
  let stack: Stack
  let database: pg.Pool

  beforeAll(async () => {
    ;[web, browser] = await Promise.all([builtWeb(), launchChromium()])
    stack = await startStack({ topology: 'single', queue: 'postgres', web: { directory: web } })
    database = new pg.Pool({ connectionString: stack.databaseUrl, max: 1 })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await database?.end()
    await stack?.stop()
  })
  const { arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  /** What an hour does: the proof of the sign-in is old, and the access token another one. */
  async function letAnHourPass(visitor: Visitor, person: Person) {
    await database.query(
      `update auth.session set authenticated_at = now() - interval '1 hour'
       where user_id = (select user_id from auth.account where email = $1)`,
      [person.email],
    )
    await expireAccess(visitor, stack)
    provoked.push(/401/, asksForProof)
  }

  async function makeOperator({ email }: Person) {
    await database.query('update users.person set operator = true where email = $1', [email])
  }

  const expectFocus = (target: Locator) =>
    expect.poll(() => target.evaluate((element) => element.matches(':focus')), { timeout: 10_000 }).toBe(true)
  const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name })
  const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

  it('an authenticator app is turned on by a code of it, and its recovery codes are seen once', async () => {
    const ada = await signUp(stack)
    const visitor = await arriveAs(ada, '/security')
    const { page } = visitor
    const twoStep = part(page, 'Two-step verification')
    await twoStep.getByRole('button', { name: 'Set up' }).click()
    const code = page.getByLabel('Code that the app shows')
    await expectFocus(code)
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    await expectNoBarriers(page)
    const secret = (
      await dialog(page, /authenticator app/)
        .locator('code')
        .innerText()
    ).replaceAll(' ', '')
    provoked.push(/400/)
    await code.fill('000000')
    await page.getByText(/code/i).and(page.locator('[id$="-note"] p')).first().waitFor()
    await code.fill(totpCode(secret))

    const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await codes.nth(9).waitFor()
    const [first = ''] = await codes.allInnerTexts()
    await expectNoBarriers(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Save them first').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    const file = await readFile(await download.path(), 'utf8')
    expect(file).toContain(ada.email)
    expect(file).toContain(first)
    await page.getByLabel(/^I have saved them/).check()
    await answerDialog(page, 'Done')
    await twoStep.getByText('10 of 10 left').waitFor()
    // Nobody else is signed in any more, so nothing is offered.
    expect(await twoStep.getByRole('button', { name: 'Sign out everywhere else' }).count()).toBe(0)
    await expectNoBarriers(page)

    // Later on it has to be proved once more, whatever was asked before.
    await letAnHourPass(visitor, ada)
    await twoStep.getByRole('button', { name: 'Make new ones' }).click()
    await page.getByRole('button', { name: 'Make new codes' }).click()
    await expectFocus(dialog(page, 'Confirm it is you').getByLabel('Code of your authenticator app'))
    await expectNoBarriers(page)
    await page.keyboard.press('Escape')
    await dialog(page, 'Confirm it is you').waitFor({ state: 'detached' })
    await expectFocus(page.getByRole('button', { name: 'Make new codes' }))
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.getByRole('button', { name: 'Make new codes' }).click()
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code', { exact: true }).fill(first)
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await codes.nth(9).waitFor()
    expect(await codes.allInnerTexts()).not.toContain(first)
    await page.getByLabel(/^I have saved them/).check()
    await answerDialog(page, 'Done')

    // For ten minutes it is not asked again.
    await twoStep.getByRole('button', { name: 'Turn off' }).click()
    await answerDialog(page, 'Turn off')
    await twoStep.getByRole('button', { name: 'Set up' }).waitFor()
  })

  it('a change of address asks for the password when the proof is old, and keeps what was typed', async () => {
    const ada = await signUp(stack)
    const visitor = await arriveAs(ada, '/security')
    const { page } = visitor
    await page.getByLabel('New address').fill('augusta@example.com')
    await letAnHourPass(visitor, ada)
    await page.getByRole('button', { name: 'Change address' }).click()
    const password = dialog(page, 'Confirm it is you').getByLabel('Your password')
    await expectFocus(password)
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Close' }).click()
    await dialog(page, 'Confirm it is you').waitFor({ state: 'detached' })
    expect(await page.getByLabel('New address').inputValue()).toBe('augusta@example.com')
    expect(await page.getByRole('alert').count()).toBe(0)

    await page.getByRole('button', { name: 'Change address' }).click()
    provoked.push(/400/)
    await password.fill('not the right one')
    await page.keyboard.press('Enter')
    await dialog(page, 'Confirm it is you').getByText('This is not your password.').waitFor()
    await password.fill(ada.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Change to augusta@example.com' }).waitFor()
  })

  it('a passkey is added, renamed and, once it has proved who it is, taken away', async () => {
    const ada = await signUp(stack)
    const visitor = await arriveAs(ada, '/security')
    const { page } = visitor
    await addAuthenticator(page)
    const passkeys = part(page, 'Passkeys')
    await passkeys.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel(/^I have saved them/).check()
    await answerDialog(page, 'Done')
    await passkeys.getByRole('button', { name: /^Rename/ }).press('Enter')
    await expectNoBarriers(page)
    await page.keyboard.type('Work laptop')
    await page.keyboard.press('Enter')
    await passkeys.getByText('Work laptop').waitFor()
    await passkeys.getByText('never used').waitFor()
    await expectNoBarriers(page)

    await letAnHourPass(visitor, ada)
    await passkeys.getByRole('button', { name: 'Remove Work laptop' }).click()
    await page.getByRole('button', { name: 'Remove passkey' }).click()
    await dialog(page, 'Confirm it is you').getByRole('button', { name: 'Use a passkey' }).click()
    await passkeys.getByText('No passkey yet').waitFor()
    await page.goto(`${stack.url.replace('localhost', '127.0.0.1')}/sign-in?next=/security`)
    await fillSignIn(page, ada)
    await passkeys.getByText(/opened by an IP address/).waitFor()
    expect(await passkeys.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0)
  })

  it('an API key is shown once, opens what it was given, and nothing once it is revoked', async () => {
    const ada = await signUp(stack)
    const { page } = await arriveAs(ada, '/dashboard', { viewport: { width: 360, height: 780 }, hasTouch: true })
    await page.getByRole('button', { name: 'Open the menu' }).click()
    await sectionLink(page, 'API keys').click()
    await page.getByText('No API keys yet').waitFor()
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Create a key' }).click()
    await expectFocus(page.getByLabel('Name', { exact: true }))
    await page.getByLabel('Name', { exact: true }).fill('Nightly export')
    await page.getByRole('button', { name: 'Create the key' }).click()
    await page.getByText('Choose what it may do').waitFor()
    await expectNoBarriers(page)
    await page.getByLabel(/billing:read/).check()
    await page.getByLabel('Expires after').selectOption('Never expires')
    await page.getByRole('button', { name: 'Create the key' }).click()
    const key = await page.getByLabel('The API key').innerText()
    await expectNoBarriers(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    const use = () =>
      fetch(`${stack.url}/v1/billing/subscription`, { headers: { authorization: `Bearer ${key}` } }).then(
        ({ status }) => status,
      )
    expect(await use()).toBe(200)
    await answerDialog(page, 'I have copied it')
    const keys = page.getByRole('list', { name: 'API keys' })
    await keys.getByText('never expires').waitFor()
    expect(await page.content()).not.toContain(key)

    await keys.getByRole('button', { name: 'Revoke Nightly export' }).click()
    await page.getByRole('dialog').getByText('cannot be brought back').waitFor()
    await expectNoBarriers(page)
    await answerDialog(page, 'Revoke key')
    await keys.getByText('Revoked', { exact: true }).waitFor()
    await expect.poll(use).toBe(401)
    await expectNoBarriers(page)
  })

  it('whoever is a member has no keys to make, no operator no log to read, and is told what a provider led back with', async () => {
    const grace = await signUp(stack, 'Grace Hopper')
    const mine = '(select id from users.person where email = $1)'
    await database.query(`update users.membership set role = 'member' where user_id = ${mine}`, [grace.email])
    const { page } = await arriveAs(grace, '/api-keys')
    provoked.push(asksForProof)
    await page.getByText(/^Only owners and admins of/).waitFor()
    await sectionLink(page, 'Billing').waitFor()
    expect(await sectionLink(page, 'API keys').count()).toBe(0)
    expect(await page.getByRole('navigation', { name: 'Operators' }).count()).toBe(0)
    await page.goto(`${stack.url}/operators/audit`)
    await page.getByText('This is for the operators of Lightpress.').waitFor()
    await page.goto(`${stack.url}/operators/act-as`)
    await page.getByText('This is for the operators of Lightpress.').waitFor()

    // As another provider leads back that somebody else has linked.
    await page.goto(`${stack.url}/security?problem=already_linked`)
    await page.getByRole('region', { name: 'Messages' }).getByText('This sign-in opens another account').waitFor()
    await page.waitForURL(`${stack.url}/security`)
  })

  it('an impersonation that ends by itself leaves the operator signed in, in every tab', async () => {
    const [olga, mia] = await Promise.all([signUp(stack, 'Olga Operator'), signUp(stack, 'Mia Member')])
    await makeOperator(olga)
    const visitor = await arriveAs(olga, '/operators/act-as')
    const { page, context } = visitor
    await page.getByLabel('Person').fill(mia.email)
    await page.getByLabel('Reason').fill('Ticket 4712')
    await page.getByRole('button', { name: 'Act as this person' }).click()
    await page.waitForURL(`${stack.url}/dashboard`)
    const other = await context.newPage()
    await other.goto(`${stack.url}/notifications`)
    for (const tab of [page, other]) await tab.getByText('You are acting as Mia Member').waitFor()
    // A page for everybody hears what the others note of the session.
    const witness = await context.newPage()
    await witness.goto(stack.url)
    await witness.evaluate(`
      window.forgotten = 0
      addEventListener('storage', ({ key, newValue }) => key === 'session' && newValue === null && window.forgotten++)
    `)

    await database.query(
      `update auth.session set ends_at = now() - interval '1 second'
       where impersonator_id = (select user_id from auth.account where email = $1)`,
      [olga.email],
    )
    await expireAccess(visitor, stack)
    provoked.push(/401/)
    await sectionLink(page, 'Security').click()
    for (const tab of [page, other]) {
      await tab.waitForURL(`${stack.url}/operators/act-as`)
      await tab.getByText('You no longer act as Mia Member').waitFor()
      await tab.getByRole('button', { name: olga.email }).waitFor()
      expect(await tab.getByText('You are acting as').count()).toBe(0)
    }
    expect(await witness.evaluate('window.forgotten')).toBe(0)
    await expectNoBarriers(page)
    await page.getByLabel('Person').fill(olga.email)
    await page.getByLabel('Reason').fill('Ticket 4713')
    provoked.push(/404/)
    await page.getByRole('button', { name: 'Act as this person' }).click()
    await page.getByText(/^Nobody with this address or id/).waitFor()
    await expectFocus(page.getByLabel('Person'))
  })

  it('whoever is acted as sees our support among their sessions, and ends it', async () => {
    const [olga, mia] = await Promise.all([signUp(stack, 'Olga Operator'), signUp(stack, 'Mia Member')])
    await makeOperator(olga)
    const { page: support } = await arriveAs(olga, '/operators/act-as')
    await support.getByLabel('Person').fill(mia.email)
    await support.getByLabel('Reason').fill('Ticket 4714')
    await support.getByRole('button', { name: 'Act as this person' }).click()
    await support.waitForURL(`${stack.url}/dashboard`)
    await sectionLink(support, 'API keys').click()
    await support.getByText('You can look, and change nothing').waitFor()
    expect(await support.getByRole('button', { name: 'Create a key' }).count()).toBe(0)
    await sectionLink(support, 'Security').click()
    await part(support, 'Sessions').getByText('You, acting as this person').waitFor()

    const { page } = await arriveAs(mia, '/security')
    const sessions = part(page, 'Sessions')
    await sessions.getByText('Our support, acting as you').waitFor()
    expect(await sessions.getByText('Unknown').count()).toBe(0)
    await sessions.getByRole('button', { name: 'End it: Our support, acting as you' }).click()
    await expectNoBarriers(page)
    await answerDialog(page, 'End it')
    await sessions.getByText('Our support, acting as you').waitFor({ state: 'detached' })
    provoked.push(/401/)
    await sectionLink(support, 'Profile').click()
    await support.getByText('You no longer act as Mia Member').waitFor()
    expect(support.url()).toBe(`${stack.url}/operators/act-as`)
  })

  it('an operator acts as somebody under a banner, changes nothing of their security, and is in the log', async () => {
    const [olga, mia] = await Promise.all([signUp(stack, 'Olga Operator'), signUp(stack, 'Mia Member')])
    await makeOperator(olga)
    const visitor = await arriveAs(olga, '/dashboard')
    const { page } = visitor
    await page.getByRole('navigation', { name: 'Operators' }).getByRole('link', { name: 'Act as a person' }).click()
    await page.getByLabel('Person').fill(mia.email)
    await page.getByLabel('Reason').fill('Ticket 4711')
    await expectNoBarriers(page)
    await letAnHourPass(visitor, olga)
    await page.getByRole('button', { name: 'Act as this person' }).press('Enter')
    await dialog(page, 'Confirm it is you').getByLabel('Your password').fill(olga.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${stack.url}/dashboard`)
    const banner = page.getByText(`You are acting as Mia Member (${mia.email}).`)
    await banner.getByText(/Ends in (60|5\d) min\./).waitFor()
    await expectNoBarriers(page)
    await sectionLink(page, 'Security').click()
    await page.getByText('You can look, and change nothing').waitFor()
    await banner.waitFor()
    await part(page, 'Two-step verification').getByText('Authenticator app').waitFor()
    await part(page, 'Recent activity').getByText('An operator began to act as you').waitFor()
    await expectNoBarriers(page)
    for (const name of ['Change password', 'Change address', 'Set up', 'Add a passkey', /^Sign out/]) {
      expect(await page.getByRole('main').getByRole('button', { name }).count(), String(name)).toBe(0)
    }
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.waitForURL(`${stack.url}/operators/audit`)
    const log = page.getByRole('list', { name: 'Audit log' })
    await log.waitFor()
    expect(await banner.count()).toBe(0)

    await page.getByLabel('Person').fill(mia.email)
    await page.getByLabel('What happened').selectOption('Began to act as the person')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.waitForURL(/action=impersonation_started/)
    await expect.poll(() => log.getByRole('listitem').count()).toBe(1)
    await expectFocus(page.getByRole('button', { name: 'Apply' }))
    await log.locator('summary').press('Enter')
    await log.getByText('Ticket 4711').waitFor()
    await expectNoBarriers(page)
    await page.reload()
    await expect.poll(() => log.getByRole('listitem').count()).toBe(1)
    expect(await page.getByLabel('Person').inputValue()).toBe(mia.email)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { action: 'impersonation_started', note: 'Ticket 4711' },
    ])
    await page.goto(`${stack.url}/operators/audit?action=nonsense&person=nobody`)
    await expect.poll(() => log.getByRole('listitem').count()).toBeGreaterThan(3)
    await page.getByLabel('Last day').fill('2000-01-01')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Nothing like that happened').waitFor()
    await expectNoBarriers(page)
    await page.getByRole('link', { name: 'Clear' }).click()
    await expectFocus(page.getByRole('search'))
    await expect.poll(() => log.getByRole('listitem').count()).toBeGreaterThan(3)
    expect(await page.getByLabel('Person').inputValue()).toBe('')
  })
})
