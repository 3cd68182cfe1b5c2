import { readFile } from 'node:fs/promises'
import { requires } from '@lightpress/local'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtWeb } from './support/built-web.ts'
import { expectNoBarriers, launchChromium } from './support/browser.ts'
import { makeOrganization, join, linkOfInvitation, longNames, onePixel, userIdOf } from './support/organizations.ts'
import { mailTo, newPerson, signUp } from './support/person.ts'
import { startStack, type Stack } from './support/stack.ts'
import { answerDialog, fillSignIn, followLink, openMail } from './support/steps.ts'
import { totpCode } from './support/totp.ts'
import { expectVisitors } from './support/visitors.ts'

/** A browser logs each refusal that tells it of the end of its session, or of a role that it has no more. */
const refused = /401|403|404/

/** Milliseconds within which a page is as it will be, on a machine that has much to do. */
const soon = { timeout: 20_000 }

describe.runIf(requires('chromium'))('people and organisations, in a browser', { timeout: 150_000 }, () => {
  let browser: Browser
  let stack: Stack
  let database: pg.Pool

  beforeAll(async () => {
    const [directory, chromium] = await Promise.all([builtWeb(), launchChromium()])
    browser = chromium
    stack = await startStack({ topology: 'single', queue: 'postgres', web: { directory } })
    database = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 })
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await database?.end()
    await stack?.stop()
  })
  const { arrive, arriveAs, provoked } = expectVisitors(() => ({ browser, url: stack.url }))

  const told = (page: Page, text: string | RegExp) =>
    page.getByRole('region', { name: 'Messages' }).getByText(text).first().waitFor()
  const switcher = (page: Page) => page.getByRole('button', { name: /Switch organisation$/ })
  const section = (page: Page, name: string) =>
    page.getByRole('complementary', { name: 'Sidebar' }).getByRole('link', { name, exact: true })
  const members = (page: Page) => page.getByRole('list', { name: 'Members', exact: true })

  it('an organisation is made, and somebody without an account joins by the mail', async () => {
    const ada = await signUp(stack)
    const grace = newPerson(stack, 'Grace Hopper')
    const { page } = await arriveAs(ada, '/dashboard')
    await switcher(page).click()
    await page.getByRole('menuitem', { name: 'Create an organisation' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Analytical Engines')
    await expectNoBarriers(page)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Analytical Engines' }).waitFor()
    await section(page, 'Members').click()
    await page.getByRole('button', { name: 'Invite people' }).first().click()
    await page.getByLabel('E-mail addresses').fill(grace.email)
    await page.getByLabel('Role', { exact: true }).last().selectOption('Admin')
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Send invitations' }).click()
    await told(page, `Invitation sent to ${grace.email}`)

    const visitor = await arrive('/')
    const mail = await openMail(visitor, stack, { email: grace.email, subject: /Join Analytical Engines/ })
    const tab = await followLink(visitor, mail, /See the invitation/)
    await tab.getByRole('heading', { name: 'Join Analytical Engines' }).waitFor()
    await tab.getByText('Ada Lovelace invites you to join as an admin.').waitFor()
    // What the link is good by is in no address, and no page that it leads to is told whence one comes.
    await expect.poll(() => tab.url(), soon).toBe(`${stack.url}/invitation`)
    await tab.reload()
    await expect.poll(() => tab.getByLabel('E-mail').inputValue(), soon).toBe(grace.email)
    await expectNoBarriers(tab)
    provoked.push(/400/)
    await tab.getByLabel('Name', { exact: true }).fill(grace.name)
    await tab.getByLabel('Password', { exact: true }).fill('password123456')
    await tab.getByRole('button', { name: 'Create account and join' }).click()
    await tab.getByText(/easy to guess/).waitFor()
    await tab.getByLabel('Password', { exact: true }).fill(grace.password)
    await tab.getByRole('button', { name: 'Create account and join' }).click()
    await told(tab, 'Welcome to Analytical Engines')
    await tab.getByRole('heading', { name: 'Analytical Engines' }).waitFor()
    expect(await tab.evaluate('localStorage.getItem("invitation")')).toBeNull()
    // Those who look after it see it without asking.
    await members(page).getByText(grace.email).waitFor()
    await expectNoBarriers(page)
  })

  it('whoever has an account joins with it, through every step of its sign-in', async () => {
    const ada = await signUp(stack)
    const bob = await signUp(stack, 'Bob Barker')
    const { secret } = await bob.auth.enrollTotp()
    await bob.auth.confirmTotp({ code: totpCode(secret, -1) })
    const { id } = await makeOrganization(ada, 'Difference Works')
    const link = await linkOfInvitation(stack, ada, { id, email: bob.email })

    const { page } = await arrive('/')
    await page.goto(link)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await expect.poll(() => page.getByLabel('E-mail').inputValue(), soon).toBe(bob.email)
    await page.getByLabel('Password', { exact: true }).fill(bob.password)
    await page.getByLabel('Password', { exact: true }).press('Enter')
    await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, 0))
    await page.getByRole('button', { name: 'Join Difference Works' }).waitFor()
    expect(page.url()).toBe(`${stack.url}/invitation`)
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Join Difference Works' }).press('Enter')
    await told(page, 'Welcome to Difference Works')
    await switcher(page).filter({ hasText: 'Difference Works' }).waitFor()

    // Used up, and said so to whoever opens it.
    provoked.push(/40\d/)
    await page.goto(link)
    await page.getByRole('heading', { name: 'This invitation does not work any more' }).waitFor()
    await expectNoBarriers(page)
  })

  it('an invitation joins nobody but whom it is for, and is over when it is taken back', async () => {
    const ada = await signUp(stack)
    const eve = await signUp(stack, 'Eve Else')
    const { id } = await makeOrganization(ada, 'Quiet Harbour')
    const grace = newPerson(stack, 'Grace Hopper')
    const link = await linkOfInvitation(stack, ada, { id, email: grace.email })

    const { page } = await arriveAs(eve, '/dashboard')
    await page.goto(link)
    await page.getByText('You are signed in as somebody else').waitFor()
    expect(await page.getByRole('button', { name: /^Join/ }).count()).toBe(0)
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Sign out and go on' }).click()
    await expect.poll(() => page.getByLabel('E-mail').inputValue(), soon).toBe(grace.email)
    expect((await eve.users.listOrganizations({})).items.map(({ name }) => name)).not.toContain('Quiet Harbour')

    const [invitation] = (await ada.users.listInvitations({ id })).items
    await ada.users.revokeInvitation({ id, invitationId: invitation?.id ?? '' })
    provoked.push(/40\d/)
    await page.getByLabel('Name', { exact: true }).fill(grace.name)
    await page.getByLabel('Password', { exact: true }).fill(grace.password)
    await page.getByRole('button', { name: 'Create account and join' }).click()
    await page.getByRole('heading', { name: 'This invitation does not work any more' }).waitFor()
    await page.getByText('ask whoever invited you').waitFor()
  })

  it('a role that changes shows at once to whom it is about, and so does a removal; all of it is in the activity', async () => {
    const ada = await signUp(stack)
    const bob = await signUp(stack, 'Bob Barker')
    const { id } = await makeOrganization(ada, 'Role Play')
    await join(stack, ada, bob, { id })
    const [owner, member] = [await arriveAs(ada, '/dashboard'), await arriveAs(bob, '/dashboard')]
    provoked.push(refused)
    for (const { page } of [owner, member]) await goTo(page, 'Role Play')
    await section(owner.page, 'Members').click()
    await section(member.page, 'Members').click()
    await members(member.page).getByText(ada.email).waitFor()
    expect(await member.page.getByRole('button', { name: 'Invite people' }).count()).toBe(0)

    await owner.page.getByLabel('Role of Bob Barker').selectOption('Admin')
    await told(owner.page, 'Bob Barker is an admin now')
    await member.page.getByRole('button', { name: 'Invite people' }).waitFor()

    // Handed on: the one who had it stays as an admin.
    await section(owner.page, 'Settings').click()
    await owner.page.getByRole('button', { name: 'Hand on…' }).click()
    const dialog = owner.page.getByRole('dialog')
    await dialog.getByLabel('New owner').fill('bob')
    await owner.page.getByRole('option', { name: /Bob Barker/ }).click()
    await dialog.getByLabel(/^Type/).fill('Role Play')
    await expectNoBarriers(owner.page)
    await dialog.getByRole('button', { name: 'Hand it on' }).click()
    await told(owner.page, 'Bob Barker owns Role Play now')
    await member.page.getByLabel('Role of Ada Lovelace').waitFor()

    await member.page.getByRole('button', { name: 'Remove Ada Lovelace' }).click()
    await expectNoBarriers(member.page)
    await answerDialog(member.page, 'Remove')
    await expect.poll(() => switcher(owner.page).textContent(), soon).not.toContain('Role Play')
    await expect.poll(() => members(member.page).getByText(ada.email).count(), soon).toBe(0)

    await section(member.page, 'Activity').click()
    for (const sentence of [/made Bob Barker an admin/, /handed the organisation on/, /Bob Barker removed/])
      await member.page.getByRole('listitem').filter({ hasText: sentence }).first().waitFor()
    await expectNoBarriers(member.page)
  })

  it('a picture is there for everybody as soon as it is chosen', async () => {
    const ada = await signUp(stack)
    const { page } = await arriveAs(ada, '/profile')
    const picture = page.getByRole('button', { name: /Your account$/ }).locator('img')
    expect(await picture.count()).toBe(0)
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '../../me.png', mimeType: 'image/png', buffer: onePixel })
    await told(page, 'Picture changed')
    await picture.waitFor()
    await expect
      .poll(() => picture.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(0)
    await page.goto(`${stack.url}/organization/members`)
    await members(page).locator('img').waitFor()
  })

  it('what is held about somebody comes as one file, while they go on', async () => {
    const ada = await signUp(stack)
    const { page } = await arriveAs(ada, '/profile')
    await page.getByRole('button', { name: 'Ask for an export' }).click()
    await page.getByRole('button', { name: 'Download' }).waitFor()
    await expectNoBarriers(page)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.zip$/)
    expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK')
  })

  it('an account goes when nothing is in its way, and a receipt comes', async () => {
    const ada = await signUp(stack)
    const bob = await signUp(stack, 'Bob Barker')
    const { id } = await makeOrganization(ada, 'Last Light')
    await join(stack, ada, bob, { id })
    const { page } = await arriveAs(ada, '/profile')
    provoked.push(refused)
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await page.getByText('Something is in the way').waitFor()
    expect(await page.getByRole('button', { name: 'Delete my account' }).count()).toBe(0)
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Go to its settings: Last Light' }).click()
    await page.getByRole('button', { name: 'Delete…' }).click()
    await page.getByLabel(/^Type/).fill('Last Light')
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Delete it' }).click()
    await told(page, 'Last Light is being deleted')
    await mailTo(stack, ada.email, ({ subject }) => subject === 'Last Light was deleted')

    await page.goto(`${stack.url}/profile`)
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await page.getByLabel(/^Type/).fill('somebody@example.com')
    await page.getByRole('button', { name: 'Delete my account' }).click()
    await page.getByText('This is not your address.').waitFor()
    await expectNoBarriers(page)
    await page.getByLabel(/^Type/).fill(ada.email)
    await page.getByRole('button', { name: 'Delete my account' }).click()
    await page.getByRole('heading', { name: 'Your account is closed' }).waitFor()
    await page.getByText(ada.email).waitFor()
    await expectNoBarriers(page)
    await mailTo(stack, ada.email, ({ subject }) => subject === 'Your account was deleted')

    await page.goto(`${stack.url}/sign-in`)
    await fillSignIn(page, ada)
    await page.getByText('That did not match').waitFor()
  })

  it('operators find somebody in spite of a typo, see them whole, shut them out and let them in again', async () => {
    const [admin, mark] = [await signUp(stack, 'Olga Operator'), await signUp(stack, 'Marguerite Yourcenar')]
    await makeOrganization(mark, 'Memoirs of Hadrian')
    const gone = await makeOrganization(mark, 'Alexis')
    await mark.users.eraseOrganization({ id: gone.id })
    await database.query('update users.person set operator = true where id = $1', [userIdOf(admin)])
    const { page } = await arriveAs(admin, '/operators/users')
    await page.getByRole('list', { name: 'People' }).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('searchbox', { name: 'Search people' }).fill('margerite yourcenr')
    await page.waitForURL(/query=margerite/)
    await page.getByRole('link', { name: 'Marguerite Yourcenar' }).click()
    await page.getByRole('heading', { name: 'Marguerite Yourcenar' }).waitFor()
    await page.getByRole('link', { name: 'Memoirs of Hadrian' }).waitFor()
    await expectNoBarriers(page)

    const theirs = await arriveAs(mark, '/dashboard')
    provoked.push(refused)
    await page.getByRole('button', { name: 'Suspend…' }).click()
    await expectNoBarriers(page)
    await answerDialog(page, 'Suspend')
    await page.getByText('Kept out since').waitFor()
    await expectNoBarriers(page)
    await theirs.page.waitForURL(/\/sign-in/)
    await page.getByRole('button', { name: 'Restore' }).click()
    await told(page, 'Marguerite Yourcenar is restored')
    await fillSignIn(theirs.page, mark)
    await theirs.page.waitForURL(`${stack.url}/dashboard`)

    await page.getByRole('link', { name: 'Act as', exact: true }).click()
    await expect.poll(() => page.getByLabel('Person').inputValue(), soon).toBe(userIdOf(mark))
    await page.goBack()
    await page.getByRole('link', { name: 'Memoirs of Hadrian' }).click()
    await page.getByRole('heading', { name: 'Memoirs of Hadrian' }).waitFor()
    await members(page).getByText(mark.email).waitFor()
    await expectNoBarriers(page)
    await page.getByRole('button', { name: 'Suspend…' }).click()
    await answerDialog(page, 'Suspend')
    await page.getByText('Shut since').waitFor()
    await page.getByRole('button', { name: 'Restore' }).click()
    await told(page, 'Memoirs of Hadrian is restored')
    for (const title of ['Organisations', 'Erasures']) {
      await section(page, title).click()
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      await page.getByRole('list', { name: title }).waitFor()
      await expectNoBarriers(page)
    }
    const receipt = page.getByRole('list', { name: 'Erasures' }).getByRole('listitem').filter({ hasText: gone.id })
    await receipt.getByText(gone.id).first().click()
    await receipt.getByText('Asked for').waitFor()
    await expectNoBarriers(page)
  })

  it('names of eighty characters in three scripts stay in their place on a phone', async () => {
    const ada = await signUp(stack, longNames[0])
    for (const name of longNames) await makeOrganization(ada, name)
    await database.query('update users.person set operator = true where id = $1', [userIdOf(ada)])
    const [first] = (await ada.users.listOrganizations({})).items.filter(({ personal }) => !personal)
    for (const name of longNames.slice(1)) await join(stack, ada, await signUp(stack, name), { id: first?.id ?? '' })
    const { page } = await arriveAs(ada, '/dashboard', { viewport: { width: 390, height: 844 } })
    await page.getByRole('button', { name: 'Open the menu' }).click()
    await goTo(page, first?.name ?? '')
    for (const [path, list] of [
      ['/organization/members', 'Members'],
      ['/organization/activity', undefined],
      ['/organization', undefined],
      ['/profile', undefined],
      ['/operators/users', 'People'],
      [`/operators/users/${userIdOf(ada)}`, 'Organisations'],
      ['/operators/organizations', 'Organisations'],
      [`/operators/organizations/${first?.id}`, 'Members'],
    ] as const) {
      await page.goto(stack.url + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (list) await page.getByRole('list', { name: list, exact: true }).waitFor()
      expect.soft(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(390)
    }
  })

  it('ten thousand members are paged through and searched by keyboard', async () => {
    const ada = await signUp(stack)
    const { id } = await makeOrganization(ada, 'Ten Thousand')
    await database.query(
      `with made as (
         insert into users.person (id, email, email_key, name)
         select gen_random_uuid(), address, address, 'Member ' || to_char(n, 'FM00000')
         from (select n, 'member-' || n || '@example.org' as address from generate_series(1, 9999) n) as all_of_them
         returning id, name
       ) insert into users.membership (organization_id, user_id, role, created_at)
         select $1, id, 'member', now() + right(name, 5)::int * interval '1 millisecond' from made`,
      [id],
    )
    const { page } = await arriveAs(ada, '/dashboard')
    await goTo(page, 'Ten Thousand')
    await section(page, 'Members').press('Enter')
    await page.getByText('10,000 people in Ten Thousand.').waitFor()
    const next = page.getByRole('link', { name: 'Next page' })
    await members(page).getByText('Member 00024').waitFor()
    await next.press('Enter')
    await members(page).getByText('Member 00049').waitFor()
    await next.press('Enter')
    await members(page).getByText('Member 00074').waitFor()
    await page.goBack()
    await members(page).getByText('Member 00049').waitFor()
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('member-9998@')
    await members(page).getByText('Member 09998').waitFor()
    expect(await members(page).getByRole('listitem').count()).toBe(1)
    await expectNoBarriers(page)
  })

  /** Has the browser act for that organisation, as its person would. */
  async function goTo(page: Page, name: string) {
    await switcher(page).click()
    await page.getByRole('menuitemradio', { name, exact: true }).click()
    await switcher(page).filter({ hasText: name }).waitFor()
  }
})
